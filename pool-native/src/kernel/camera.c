// SPDX-License-Identifier: GPL-2.0
/*
 * A camera that does no more than DMA: an importer of any dma-buf, whose side
 * of the memory is read and written by ioctl.
 *
 * The device's side of a page is what its DMA address stands for. Under
 * swiotlb=force that is a bounce buffer, otherwise the page itself.
 */
#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "lab.h"

struct lab_camera {
	/* guards all below it, which is NULL until a dma-buf is attached */
	struct mutex lock;
	struct dma_buf *dmabuf;
	struct dma_buf_attachment *attachment;
	struct sg_table *table;
	dma_addr_t *addresses;
	/* while it is busy */
	struct dma_fence *fence;
};

static int camera_open(struct inode *inode, struct file *file)
{
	struct lab_camera *camera = kzalloc(sizeof(*camera), GFP_KERNEL);

	if (!camera)
		return -ENOMEM;
	mutex_init(&camera->lock);
	file->private_data = camera;
	return 0;
}

static int camera_release(struct inode *inode, struct file *file)
{
	struct lab_camera *camera = file->private_data;

	if (camera->fence)
		lab_fence_signal(camera->fence);
	if (camera->dmabuf) {
		kvfree(camera->addresses);
		dma_buf_unmap_attachment_unlocked(camera->attachment,
						  camera->table,
						  DMA_BIDIRECTIONAL);
		dma_buf_detach(camera->dmabuf, camera->attachment);
		dma_buf_put(camera->dmabuf);
	}
	mutex_destroy(&camera->lock);
	kfree(camera);
	return 0;
}

/* Takes over the reference to the dma-buf if it succeeds. */
static int attach_locked(struct lab_camera *camera, struct dma_buf *dmabuf)
{
	struct dma_buf_attachment *attachment;
	struct sg_table *table;
	dma_addr_t *addresses;

	attachment = dma_buf_attach(dmabuf, lab_device);
	if (IS_ERR(attachment))
		return PTR_ERR(attachment);
	table = dma_buf_map_attachment_unlocked(attachment, DMA_BIDIRECTIONAL);
	if (IS_ERR(table)) {
		dma_buf_detach(dmabuf, attachment);
		return PTR_ERR(table);
	}
	addresses = lab_page_addresses(table, dmabuf->size >> PAGE_SHIFT);
	if (IS_ERR(addresses)) {
		dma_buf_unmap_attachment_unlocked(attachment, table,
						  DMA_BIDIRECTIONAL);
		dma_buf_detach(dmabuf, attachment);
		return PTR_ERR(addresses);
	}
	camera->attachment = attachment;
	camera->table = table;
	camera->addresses = addresses;
	camera->dmabuf = dmabuf;
	return 0;
}

static long camera_attach(struct lab_camera *camera, __s32 __user *argument)
{
	struct dma_buf *dmabuf;
	__s32 fd;
	int ret;

	if (get_user(fd, argument))
		return -EFAULT;
	dmabuf = dma_buf_get(fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	mutex_lock(&camera->lock);
	ret = camera->dmabuf ? -EBUSY : attach_locked(camera, dmabuf);
	mutex_unlock(&camera->lock);
	if (ret)
		dma_buf_put(dmabuf);
	return ret;
}

static void *device_side(const struct lab_camera *camera, u64 offset)
{
	dma_addr_t page = camera->addresses[offset >> PAGE_SHIFT];

	return phys_to_virt(dma_to_phys(lab_device, page)) +
	       offset_in_page(offset);
}

static bool dma_part(void *device, void __user *user, size_t part, bool write)
{
	return write ? !copy_from_user(device, user, part) :
		       !copy_to_user(user, device, part);
}

static int dma_locked(const struct lab_camera *camera,
		      const struct dmabuf_pool_camera_dma *dma, bool write)
{
	char __user *user = u64_to_user_ptr(dma->address);
	u64 end, done, part;

	if (!camera->dmabuf)
		return -ENODEV;
	if (!dma->length || check_add_overflow(dma->offset, dma->length, &end))
		return -EINVAL;
	if (end > camera->dmabuf->size)
		return -EINVAL;
	for (done = 0; done < dma->length; done += part) {
		u64 offset = dma->offset + done;

		part = min_t(u64, dma->length - done,
			     PAGE_SIZE - offset_in_page(offset));
		if (!dma_part(device_side(camera, offset), user + done, part,
			      write))
			return -EFAULT;
		cond_resched();
	}
	return 0;
}

static long camera_dma(struct lab_camera *camera, void __user *argument,
		       bool write)
{
	struct dmabuf_pool_camera_dma dma;
	int ret;

	if (copy_from_user(&dma, argument, sizeof(dma)))
		return -EFAULT;
	mutex_lock(&camera->lock);
	ret = dma_locked(camera, &dma, write);
	mutex_unlock(&camera->lock);
	return ret;
}

static int busy_locked(struct lab_camera *camera, bool write)
{
	struct dma_fence *fence;

	if (!camera->dmabuf)
		return -ENODEV;
	if (camera->fence)
		return -EBUSY;
	fence = lab_fence_add(camera->dmabuf, write);
	if (IS_ERR(fence))
		return PTR_ERR(fence);
	camera->fence = fence;
	return 0;
}

static long camera_busy(struct lab_camera *camera, __u32 __user *argument)
{
	__u32 write;
	int ret;

	if (get_user(write, argument))
		return -EFAULT;
	if (write > 1)
		return -EINVAL;
	mutex_lock(&camera->lock);
	ret = busy_locked(camera, write);
	mutex_unlock(&camera->lock);
	return ret;
}

static long camera_idle(struct lab_camera *camera)
{
	struct dma_fence *fence;

	mutex_lock(&camera->lock);
	fence = camera->fence;
	camera->fence = NULL;
	mutex_unlock(&camera->lock);
	if (!fence)
		return -EINVAL;
	lab_fence_signal(fence);
	return 0;
}

static long camera_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct lab_camera *camera = file->private_data;

	switch (cmd) {
	case DMABUF_POOL_CAMERA_ATTACH:
		return camera_attach(camera, (__s32 __user *)arg);
	case DMABUF_POOL_CAMERA_READ:
		return camera_dma(camera, (void __user *)arg, false);
	case DMABUF_POOL_CAMERA_WRITE:
		return camera_dma(camera, (void __user *)arg, true);
	case DMABUF_POOL_CAMERA_BUSY:
		return camera_busy(camera, (__u32 __user *)arg);
	case DMABUF_POOL_CAMERA_IDLE:
		return camera_idle(camera);
	default:
		return -ENOTTY;
	}
}

const struct file_operations lab_camera_fops = {
	.owner = THIS_MODULE,
	.open = camera_open,
	.release = camera_release,
	.unlocked_ioctl = camera_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
