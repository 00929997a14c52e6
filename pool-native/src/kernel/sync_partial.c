// SPDX-License-Identifier: GPL-2.0
/*
 * DMA_BUF_IOCTL_SYNC_PARTIAL for a kernel that does not have it.
 *
 * A probe at dma_buf_ioctl() sends this one command to a function of ours; all
 * other commands go their way. As in the kernels that have the call, what
 * happens is up to the exporter: without a partial op nothing does, and the
 * answer is 0.
 */
#include <linux/dma-resv.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/uaccess.h>
#include <uapi/linux/dma-buf.h>

#include "lab.h"

/*
 * The device's work is waited for before the op, not after it: data that
 * arrives between the two would be missed.
 */
static int wait_for_device(struct dma_buf *dmabuf,
			   enum dma_data_direction direction)
{
	bool write = direction != DMA_FROM_DEVICE;
	long ret = dma_resv_wait_timeout(dmabuf->resv,
					 dma_resv_usage_rw(write), true,
					 MAX_SCHEDULE_TIMEOUT);

	return ret < 0 ? ret : 0;
}

int lab_sync_partial(struct dma_buf *dmabuf, enum dmabuf_pool_lab_phase phase,
		     enum dma_data_direction direction, u64 offset, u64 len)
{
	u64 end;
	int ret;

	if (!len || check_add_overflow(offset, len, &end) || end > dmabuf->size)
		return -EINVAL;
	if (phase == DMABUF_POOL_LAB_START) {
		ret = wait_for_device(dmabuf, direction);
		if (ret)
			return ret;
	}
	if (!lab_has_partial_op(dmabuf))
		return 0;
	return lab_cpu_access_partial(dmabuf, phase, direction, offset, len);
}

static int direction_of(u64 flags)
{
	switch (flags & DMA_BUF_SYNC_RW) {
	case DMA_BUF_SYNC_READ:
		return DMA_FROM_DEVICE;
	case DMA_BUF_SYNC_WRITE:
		return DMA_TO_DEVICE;
	case DMA_BUF_SYNC_RW:
		return DMA_BIDIRECTIONAL;
	default:
		return -EINVAL;
	}
}

static long ioctl_sync_partial(struct dma_buf *dmabuf, void __user *argument)
{
	struct dma_buf_sync_partial sync;
	enum dmabuf_pool_lab_phase phase;
	int direction;

	if (copy_from_user(&sync, argument, sizeof(sync)))
		return -EFAULT;
	if (sync.flags & ~DMA_BUF_SYNC_VALID_FLAGS_MASK)
		return -EINVAL;
	direction = direction_of(sync.flags);
	if (direction < 0)
		return direction;
	phase = sync.flags & DMA_BUF_SYNC_END ? DMABUF_POOL_LAB_END :
						DMABUF_POOL_LAB_START;
	return lab_sync_partial(dmabuf, phase, direction, sync.offset,
				sync.len);
}

/* Stands in for dma_buf_ioctl(), on its arguments and its return address. */
static long redirected_ioctl(struct file *file, unsigned int cmd,
			     unsigned long arg)
{
	long ret = ioctl_sync_partial(file->private_data, (void __user *)arg);

	module_put(THIS_MODULE);
	return ret;
}

/*
 * A call under way holds the module. What a call does after it let go is a
 * return, which lab_unhook_dma_buf_ioctl() waits for.
 */
static int redirect(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned int cmd = regs_get_kernel_argument(regs, 1);

	if (cmd != DMA_BUF_IOCTL_SYNC_PARTIAL || !try_module_get(THIS_MODULE))
		return 0;
	instruction_pointer_set(regs, (unsigned long)redirected_ioctl);
	return 1;
}

/* Its presence keeps the probe from being made a jump, which cannot redirect. */
static void never_a_jump(struct kprobe *probe, struct pt_regs *regs,
			 unsigned long flags)
{
}

static struct kprobe hook = {
	.symbol_name = "dma_buf_ioctl",
	.pre_handler = redirect,
	.post_handler = never_a_jump,
};

int lab_hook_dma_buf_ioctl(void)
{
	return register_kprobe(&hook);
}

void lab_unhook_dma_buf_ioctl(void)
{
	unregister_kprobe(&hook);
	synchronize_rcu_tasks();
}
