/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What user space says to the module dmabuf_pool_lab.
 */
#ifndef DMABUF_POOL_LAB_H
#define DMABUF_POOL_LAB_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * On any dma-buf, as vendor kernels have it: sync just a range. Flags are those
 * of DMA_BUF_IOCTL_SYNC.
 */
struct dma_buf_sync_partial {
	__u64 flags;
	__u32 offset;
	__u32 len;
};

#define DMA_BUF_IOCTL_SYNC_PARTIAL	_IOW('b', 2, struct dma_buf_sync_partial)

/* /dev/dmabuf_pool_lab: the exporter. */

#define DMABUF_POOL_LAB_BASE	'L'

/*
 * RANGED has a partial op; its exp_name is "dmabuf_pool_lab".
 * SILENT has none, so that a partial sync does nothing and answers 0; its
 * exp_name is "dmabuf_pool_silent".
 */
enum dmabuf_pool_lab_mode {
	DMABUF_POOL_LAB_RANGED = 0,
	DMABUF_POOL_LAB_SILENT = 1,
};

/* size: whole pages, up to 1 GiB. fd: out. */
struct dmabuf_pool_lab_alloc {
	__u64 size;
	__u32 mode;
	__s32 fd;
};

#define DMABUF_POOL_LAB_ALLOC \
	_IOWR(DMABUF_POOL_LAB_BASE, 0, struct dmabuf_pool_lab_alloc)

/* Indices of struct dmabuf_pool_lab_counters.count, in this order. */
enum dmabuf_pool_lab_scope {
	DMABUF_POOL_LAB_WHOLE = 0,
	DMABUF_POOL_LAB_PARTIAL = 1,
	DMABUF_POOL_LAB_SCOPES = 2,
};

enum dmabuf_pool_lab_phase {
	DMABUF_POOL_LAB_START = 0,
	DMABUF_POOL_LAB_END = 1,
	DMABUF_POOL_LAB_PHASES = 2,
};

/* As the kernel numbers them: both, the CPU writes, the CPU reads. */
#define DMABUF_POOL_LAB_DIRECTIONS	3

/* calls: that reached the exporter. bytes: synced, for each mapped device. */
struct dmabuf_pool_lab_count {
	__u64 calls;
	__u64 bytes;
};

/*
 * fd: a buffer of this exporter. reset: 1 sets all to 0 after reading.
 */
struct dmabuf_pool_lab_counters {
	__s32 fd;
	__u32 reset;
	struct dmabuf_pool_lab_count count[DMABUF_POOL_LAB_SCOPES]
					  [DMABUF_POOL_LAB_PHASES]
					  [DMABUF_POOL_LAB_DIRECTIONS];
};

#define DMABUF_POOL_LAB_COUNTERS \
	_IOWR(DMABUF_POOL_LAB_BASE, 1, struct dmabuf_pool_lab_counters)

/*
 * /dev/dmabuf_pool_camera: a device. An open file attaches one dma-buf of any
 * exporter, until it is closed, and then reads and writes the device's side.
 */
#define DMABUF_POOL_CAMERA_BASE	'C'

/* address: of length bytes of the caller's, to be filled or fetched. */
struct dmabuf_pool_camera_dma {
	__u64 offset;
	__u64 length;
	__u64 address;
};

/* The argument is the address of the dma-buf's descriptor. */
#define DMABUF_POOL_CAMERA_ATTACH	_IOW(DMABUF_POOL_CAMERA_BASE, 0, __s32)
#define DMABUF_POOL_CAMERA_READ \
	_IOW(DMABUF_POOL_CAMERA_BASE, 1, struct dmabuf_pool_camera_dma)
#define DMABUF_POOL_CAMERA_WRITE \
	_IOW(DMABUF_POOL_CAMERA_BASE, 2, struct dmabuf_pool_camera_dma)

/*
 * From BUSY to IDLE, or until it is closed, the camera has a fence on its
 * dma-buf, as a device at work has. The argument is the address of 1 if it
 * writes, of 0 if it only reads.
 */
#define DMABUF_POOL_CAMERA_BUSY		_IOW(DMABUF_POOL_CAMERA_BASE, 3, __u32)
#define DMABUF_POOL_CAMERA_IDLE		_IO(DMABUF_POOL_CAMERA_BASE, 4)

/*
 * /dev/dmabuf_pool_vendor: partial sync by a vendor's own node, in two layouts
 * as phones ship them, numbers included.
 */

/* As LWIS has it: one ioctl for all commands, packed to 4 bytes. */
struct dmabuf_pool_vendor_header {
	__u32 command;
	/* out: 0 or a negative error number; the ioctl itself answers 0 */
	__s32 outcome;
	__u32 next[2];
};

/* start, read, write: 0 or 1. */
struct dmabuf_pool_vendor_packet {
	struct dmabuf_pool_vendor_header header;
	__s32 fd;
	__u8 start;
	__u8 read;
	__u8 write;
	__u8 reserved;
	__u32 offset;
	__u32 len[2];
};

#define DMABUF_POOL_VENDOR_CPU_ACCESS	0x20200
#define DMABUF_POOL_VENDOR_PACKET \
	_IOWR('L', 100, struct dmabuf_pool_vendor_header)

/* As XRING has it: two ioctls. direction: the kernel's dma_data_direction. */
struct dmabuf_pool_vendor_directed {
	__s32 fd;
	__u32 direction;
	__u32 offset;
	__u32 len;
};

/* What XRING's numbers are made with, though it copies less. */
struct dmabuf_pool_vendor_numbered {
	__u64 words[6];
};

#define DMABUF_POOL_VENDOR_BEGIN \
	_IOWR('X', 4, struct dmabuf_pool_vendor_numbered)
#define DMABUF_POOL_VENDOR_END \
	_IOWR('X', 5, struct dmabuf_pool_vendor_numbered)

#endif
