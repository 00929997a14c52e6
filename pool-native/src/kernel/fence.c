// SPDX-License-Identifier: GPL-2.0
/*
 * The fence that a device at work puts on a dma-buf: whoever syncs or polls the
 * dma-buf waits for it, whatever part of the dma-buf the device works on.
 */
#include <linux/dma-resv.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "lab.h"

struct lab_fence {
	/* first, as dma_fence_free() frees what it is given */
	struct dma_fence base;
	spinlock_t lock;
};

static const char *driver_name(struct dma_fence *fence)
{
	return "dmabuf_pool_lab";
}

static const char *timeline_name(struct dma_fence *fence)
{
	return "dmabuf_pool_camera";
}

/*
 * A dma-buf of another exporter may keep a fence that is long signalled, so each
 * holds the module. What happens after it let go is a return, which
 * lab_unhook_dma_buf_ioctl() waits for.
 */
static void release(struct dma_fence *fence)
{
	dma_fence_free(fence);
	module_put(THIS_MODULE);
}

static const struct dma_fence_ops ops = {
	.get_driver_name = driver_name,
	.get_timeline_name = timeline_name,
	.release = release,
};

static int add_to(struct dma_resv *resv, struct dma_fence *fence, bool write)
{
	int ret = dma_resv_lock(resv, NULL);

	if (ret)
		return ret;
	ret = dma_resv_reserve_fences(resv, 1);
	if (!ret)
		dma_resv_add_fence(resv, fence, write ? DMA_RESV_USAGE_WRITE :
							DMA_RESV_USAGE_READ);
	dma_resv_unlock(resv);
	return ret;
}

/* The caller signals it. */
struct dma_fence *lab_fence_add(struct dma_buf *dmabuf, bool write)
{
	struct lab_fence *fence = kzalloc(sizeof(*fence), GFP_KERNEL);
	int ret;

	if (!fence)
		return ERR_PTR(-ENOMEM);
	spin_lock_init(&fence->lock);
	__module_get(THIS_MODULE);
	dma_fence_init(&fence->base, &ops, &fence->lock,
		       dma_fence_context_alloc(1), 1);
	ret = add_to(dmabuf->resv, &fence->base, write);
	if (ret) {
		dma_fence_put(&fence->base);
		return ERR_PTR(ret);
	}
	return &fence->base;
}

/* Takes over the caller's reference. */
void lab_fence_signal(struct dma_fence *fence)
{
	dma_fence_signal(fence);
	dma_fence_put(fence);
}
