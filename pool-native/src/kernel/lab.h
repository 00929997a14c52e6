/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of the module know of one another.
 */
#ifndef LAB_H
#define LAB_H

#include <linux/device.h>
#include <linux/dma-buf.h>
#include <linux/dma-fence.h>
#include <linux/fs.h>
#include <linux/scatterlist.h>

#include "dmabuf_pool_lab.h"

/* The device that cameras do DMA with. */
extern struct device *lab_device;

/* exporter.c */
extern const struct file_operations lab_exporter_fops;
bool lab_has_partial_op(const struct dma_buf *dmabuf);
int lab_cpu_access_partial(struct dma_buf *dmabuf,
			   enum dmabuf_pool_lab_phase phase,
			   enum dma_data_direction direction,
			   size_t offset, size_t len);
dma_addr_t *lab_page_addresses(struct sg_table *table, size_t pages);

/* sync_partial.c */
int lab_sync_partial(struct dma_buf *dmabuf, enum dmabuf_pool_lab_phase phase,
		     enum dma_data_direction direction, u64 offset, u64 len);
int lab_hook_dma_buf_ioctl(void);
void lab_unhook_dma_buf_ioctl(void);

/* fence.c */
struct dma_fence *lab_fence_add(struct dma_buf *dmabuf, bool write);
void lab_fence_signal(struct dma_fence *fence);

/* camera.c, vendor.c */
extern const struct file_operations lab_camera_fops;
extern const struct file_operations lab_vendor_fops;

#endif
