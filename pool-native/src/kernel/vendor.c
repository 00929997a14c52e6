// SPDX-License-Identifier: GPL-2.0
/*
 * Partial sync through a character device of a vendor's own, as camera and heap
 * drivers of phones have it: the dma-buf's descriptor is part of the argument.
 */
#include <linux/module.h>
#include <linux/uaccess.h>
#include <linux/unaligned.h>

#include "lab.h"

static long sync_fd(int fd, enum dmabuf_pool_lab_phase phase,
		    enum dma_data_direction direction, u64 offset, u64 len)
{
	struct dma_buf *dmabuf = dma_buf_get(fd);
	int ret;

	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	ret = lab_sync_partial(dmabuf, phase, direction, offset, len);
	dma_buf_put(dmabuf);
	return ret;
}

static long sync_packet(const struct dmabuf_pool_vendor_packet *op)
{
	enum dma_data_direction direction;

	if (op->header.command != DMABUF_POOL_VENDOR_CPU_ACCESS)
		return -ENOSYS;
	if (op->start > 1 || op->read > 1 || op->write > 1)
		return -EINVAL;
	if (op->read && op->write)
		direction = DMA_BIDIRECTIONAL;
	else if (op->read)
		direction = DMA_FROM_DEVICE;
	else if (op->write)
		direction = DMA_TO_DEVICE;
	else
		return -EINVAL;
	return sync_fd(op->fd,
		       op->start ? DMABUF_POOL_LAB_START : DMABUF_POOL_LAB_END,
		       direction, op->offset, get_unaligned((const u64 *)op->len));
}

/* The outcome goes into the packet, and the answer is 0. */
static long vendor_packet(struct dmabuf_pool_vendor_packet __user *argument)
{
	struct dmabuf_pool_vendor_packet op;

	if (copy_from_user(&op, argument, sizeof(op)))
		return -EFAULT;
	op.header.outcome = sync_packet(&op);
	return put_user(op.header.outcome, &argument->header.outcome);
}

static long vendor_directed(void __user *argument,
			    enum dmabuf_pool_lab_phase phase)
{
	struct dmabuf_pool_vendor_directed op;

	if (copy_from_user(&op, argument, sizeof(op)))
		return -EFAULT;
	if (op.direction >= DMABUF_POOL_LAB_DIRECTIONS)
		return -EINVAL;
	return sync_fd(op.fd, phase, op.direction, op.offset, op.len);
}

static long vendor_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *argument = (void __user *)arg;

	switch (cmd) {
	case DMABUF_POOL_VENDOR_PACKET:
		return vendor_packet(argument);
	case DMABUF_POOL_VENDOR_BEGIN:
		return vendor_directed(argument, DMABUF_POOL_LAB_START);
	case DMABUF_POOL_VENDOR_END:
		return vendor_directed(argument, DMABUF_POOL_LAB_END);
	default:
		return -ENOTTY;
	}
}

const struct file_operations lab_vendor_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = vendor_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
