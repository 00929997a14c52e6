// SPDX-License-Identifier: GPL-2.0
/*
 * Dma-bufs of single pages, with cpu access by range.
 *
 * Every page is a mapping of its own, so that under swiotlb=force each has a
 * bounce buffer of its own: what a device sees is then a copy, and a sync that
 * is left out leaves the copy stale.
 */
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "lab.h"

#define MAX_SIZE	SZ_1G

struct lab_buffer {
	/* guards all below it */
	struct mutex lock;
	struct list_head attachments;
	struct dmabuf_pool_lab_count count[DMABUF_POOL_LAB_SCOPES]
					  [DMABUF_POOL_LAB_PHASES]
					  [DMABUF_POOL_LAB_DIRECTIONS];
	/* fixed when the buffer is made */
	struct page **pages;
	size_t page_count;
};

struct lab_attachment {
	struct list_head node;
	struct device *device;
	struct sg_table table;
	/* the device's address of each page; NULL while not mapped */
	dma_addr_t *addresses;
};

/*
 * One device address for each page, to find the entry of an offset at once: a
 * walk through the scatterlist would cost more than the sync of a small range.
 */
dma_addr_t *lab_page_addresses(struct sg_table *table, size_t pages)
{
	dma_addr_t *addresses = kvcalloc(pages, sizeof(*addresses), GFP_KERNEL);
	struct scatterlist *sg;
	size_t filled = 0;
	unsigned int i, in_entry;

	if (!addresses)
		return ERR_PTR(-ENOMEM);
	for_each_sgtable_dma_sg(table, sg, i) {
		for (in_entry = 0; in_entry < sg_dma_len(sg) && filled < pages;
		     in_entry += PAGE_SIZE)
			addresses[filled++] = sg_dma_address(sg) + in_entry;
	}
	if (filled == pages)
		return addresses;
	kvfree(addresses);
	return ERR_PTR(-EIO);
}

static int lab_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	struct lab_buffer *buffer = dmabuf->priv;
	struct lab_attachment *ours = kzalloc(sizeof(*ours), GFP_KERNEL);

	if (!ours)
		return -ENOMEM;
	ours->device = attach->dev;
	attach->priv = ours;
	mutex_lock(&buffer->lock);
	list_add(&ours->node, &buffer->attachments);
	mutex_unlock(&buffer->lock);
	return 0;
}

static void lab_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	struct lab_buffer *buffer = dmabuf->priv;
	struct lab_attachment *ours = attach->priv;

	mutex_lock(&buffer->lock);
	list_del(&ours->node);
	mutex_unlock(&buffer->lock);
	kfree(ours);
}

static int fill_table(struct sg_table *table, const struct lab_buffer *buffer)
{
	struct scatterlist *sg;
	unsigned int i;
	int ret;

	ret = sg_alloc_table(table, buffer->page_count, GFP_KERNEL);
	if (ret)
		return ret;
	for_each_sgtable_sg(table, sg, i)
		sg_set_page(sg, buffer->pages[i], PAGE_SIZE, 0);
	return 0;
}

static int map_locked(struct lab_buffer *buffer, struct lab_attachment *ours,
		      enum dma_data_direction direction)
{
	dma_addr_t *addresses;
	int ret;

	if (ours->addresses)
		return -EBUSY;
	ret = fill_table(&ours->table, buffer);
	if (ret)
		return ret;
	ret = dma_map_sgtable(ours->device, &ours->table, direction, 0);
	if (ret)
		goto free_table;
	addresses = lab_page_addresses(&ours->table, buffer->page_count);
	if (IS_ERR(addresses)) {
		ret = PTR_ERR(addresses);
		goto unmap;
	}
	ours->addresses = addresses;
	return 0;

unmap:
	dma_unmap_sgtable(ours->device, &ours->table, direction, 0);
free_table:
	sg_free_table(&ours->table);
	return ret;
}

static struct sg_table *lab_map(struct dma_buf_attachment *attach,
				enum dma_data_direction direction)
{
	struct lab_buffer *buffer = attach->dmabuf->priv;
	struct lab_attachment *ours = attach->priv;
	int ret;

	mutex_lock(&buffer->lock);
	ret = map_locked(buffer, ours, direction);
	mutex_unlock(&buffer->lock);
	return ret ? ERR_PTR(ret) : &ours->table;
}

static void lab_unmap(struct dma_buf_attachment *attach, struct sg_table *table,
		      enum dma_data_direction direction)
{
	struct lab_buffer *buffer = attach->dmabuf->priv;
	struct lab_attachment *ours = attach->priv;

	mutex_lock(&buffer->lock);
	kvfree(ours->addresses);
	ours->addresses = NULL;
	dma_unmap_sgtable(ours->device, table, direction, 0);
	sg_free_table(table);
	mutex_unlock(&buffer->lock);
}

/* Just the entries that the range touches, and of those just its bytes. */
static void sync_range(struct lab_attachment *ours,
		       enum dmabuf_pool_lab_phase phase,
		       enum dma_data_direction direction, size_t offset,
		       size_t len)
{
	while (len) {
		size_t in_page = offset_in_page(offset);
		size_t part = min_t(size_t, len, PAGE_SIZE - in_page);
		dma_addr_t page = ours->addresses[offset >> PAGE_SHIFT];

		if (phase == DMABUF_POOL_LAB_START)
			dma_sync_single_range_for_cpu(ours->device, page,
						      in_page, part, direction);
		else
			dma_sync_single_range_for_device(ours->device, page,
							 in_page, part,
							 direction);
		offset += part;
		len -= part;
	}
}

static void sync_whole(struct lab_attachment *ours,
		       enum dmabuf_pool_lab_phase phase,
		       enum dma_data_direction direction)
{
	if (phase == DMABUF_POOL_LAB_START)
		dma_sync_sgtable_for_cpu(ours->device, &ours->table, direction);
	else
		dma_sync_sgtable_for_device(ours->device, &ours->table,
					    direction);
}

static int cpu_access(struct dma_buf *dmabuf, enum dmabuf_pool_lab_scope scope,
		      enum dmabuf_pool_lab_phase phase,
		      enum dma_data_direction direction, size_t offset,
		      size_t len)
{
	struct lab_buffer *buffer = dmabuf->priv;
	struct dmabuf_pool_lab_count *count;
	struct lab_attachment *ours;

	if (direction >= DMABUF_POOL_LAB_DIRECTIONS)
		return -EINVAL;
	mutex_lock(&buffer->lock);
	count = &buffer->count[scope][phase][direction];
	count->calls++;
	list_for_each_entry(ours, &buffer->attachments, node) {
		if (!ours->addresses)
			continue;
		if (scope == DMABUF_POOL_LAB_WHOLE)
			sync_whole(ours, phase, direction);
		else
			sync_range(ours, phase, direction, offset, len);
		count->bytes += len;
	}
	mutex_unlock(&buffer->lock);
	return 0;
}

static int lab_begin_cpu_access(struct dma_buf *dmabuf,
				enum dma_data_direction direction)
{
	return cpu_access(dmabuf, DMABUF_POOL_LAB_WHOLE, DMABUF_POOL_LAB_START,
			  direction, 0, dmabuf->size);
}

static int lab_end_cpu_access(struct dma_buf *dmabuf,
			      enum dma_data_direction direction)
{
	return cpu_access(dmabuf, DMABUF_POOL_LAB_WHOLE, DMABUF_POOL_LAB_END,
			  direction, 0, dmabuf->size);
}

/* The caller has seen lab_has_partial_op() and that the range lies within. */
int lab_cpu_access_partial(struct dma_buf *dmabuf,
			   enum dmabuf_pool_lab_phase phase,
			   enum dma_data_direction direction, size_t offset,
			   size_t len)
{
	return cpu_access(dmabuf, DMABUF_POOL_LAB_PARTIAL, phase, direction,
			  offset, len);
}

static int lab_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	struct lab_buffer *buffer = dmabuf->priv;

	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	return vm_map_pages(vma, buffer->pages, buffer->page_count);
}

static void free_buffer(struct lab_buffer *buffer)
{
	size_t i;

	for (i = 0; i < buffer->page_count; i++) {
		if (buffer->pages[i])
			__free_page(buffer->pages[i]);
	}
	kvfree(buffer->pages);
	mutex_destroy(&buffer->lock);
	kfree(buffer);
}

static void lab_release(struct dma_buf *dmabuf)
{
	free_buffer(dmabuf->priv);
}

static const struct dma_buf_ops ranged_ops = {
	.attach = lab_attach,
	.detach = lab_detach,
	.map_dma_buf = lab_map,
	.unmap_dma_buf = lab_unmap,
	.begin_cpu_access = lab_begin_cpu_access,
	.end_cpu_access = lab_end_cpu_access,
	.mmap = lab_mmap,
	.release = lab_release,
};

/* The same, at an address of its own, which tells the two exporters apart. */
static const struct dma_buf_ops silent_ops = {
	.attach = lab_attach,
	.detach = lab_detach,
	.map_dma_buf = lab_map,
	.unmap_dma_buf = lab_unmap,
	.begin_cpu_access = lab_begin_cpu_access,
	.end_cpu_access = lab_end_cpu_access,
	.mmap = lab_mmap,
	.release = lab_release,
};

bool lab_has_partial_op(const struct dma_buf *dmabuf)
{
	return dmabuf->ops == &ranged_ops;
}

static int fill_pages(struct lab_buffer *buffer)
{
	size_t i;

	for (i = 0; i < buffer->page_count; i++) {
		if (fatal_signal_pending(current))
			return -EINTR;
		buffer->pages[i] = alloc_page(GFP_HIGHUSER | __GFP_ZERO |
					      __GFP_RETRY_MAYFAIL);
		if (!buffer->pages[i])
			return -ENOMEM;
		cond_resched();
	}
	return 0;
}

static struct lab_buffer *make_buffer(size_t size)
{
	struct lab_buffer *buffer = kzalloc(sizeof(*buffer), GFP_KERNEL);
	int ret;

	if (!buffer)
		return ERR_PTR(-ENOMEM);
	mutex_init(&buffer->lock);
	INIT_LIST_HEAD(&buffer->attachments);
	buffer->pages = kvcalloc(size >> PAGE_SHIFT, sizeof(*buffer->pages),
				 GFP_KERNEL);
	if (!buffer->pages) {
		free_buffer(buffer);
		return ERR_PTR(-ENOMEM);
	}
	buffer->page_count = size >> PAGE_SHIFT;
	ret = fill_pages(buffer);
	if (ret) {
		free_buffer(buffer);
		return ERR_PTR(ret);
	}
	return buffer;
}

static struct dma_buf *export(size_t size, enum dmabuf_pool_lab_mode mode)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct lab_buffer *buffer = make_buffer(size);
	struct dma_buf *dmabuf;

	if (IS_ERR(buffer))
		return ERR_CAST(buffer);
	info.exp_name = mode == DMABUF_POOL_LAB_RANGED ? "dmabuf_pool_lab" :
							 "dmabuf_pool_silent";
	info.ops = mode == DMABUF_POOL_LAB_RANGED ? &ranged_ops : &silent_ops;
	info.size = size;
	info.flags = O_RDWR;
	info.priv = buffer;
	dmabuf = dma_buf_export(&info);
	if (IS_ERR(dmabuf))
		free_buffer(buffer);
	return dmabuf;
}

/* The descriptor becomes visible last, when nothing can fail any more. */
static int give_out(struct dma_buf *dmabuf, struct dmabuf_pool_lab_alloc *alloc,
		    void __user *argument)
{
	int fd = get_unused_fd_flags(O_CLOEXEC);

	if (fd < 0)
		return fd;
	alloc->fd = fd;
	if (copy_to_user(argument, alloc, sizeof(*alloc))) {
		put_unused_fd(fd);
		return -EFAULT;
	}
	fd_install(fd, dmabuf->file);
	return 0;
}

static long lab_alloc(void __user *argument)
{
	struct dmabuf_pool_lab_alloc alloc;
	struct dma_buf *dmabuf;
	int ret;

	if (copy_from_user(&alloc, argument, sizeof(alloc)))
		return -EFAULT;
	if (!alloc.size || alloc.size > MAX_SIZE || !PAGE_ALIGNED(alloc.size))
		return -EINVAL;
	if (alloc.mode > DMABUF_POOL_LAB_SILENT)
		return -EINVAL;
	dmabuf = export(alloc.size, alloc.mode);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	ret = give_out(dmabuf, &alloc, argument);
	if (ret)
		dma_buf_put(dmabuf);
	return ret;
}

static bool is_ours(const struct dma_buf *dmabuf)
{
	return dmabuf->ops == &ranged_ops || dmabuf->ops == &silent_ops;
}

static void take_counters(struct lab_buffer *buffer,
			  struct dmabuf_pool_lab_counters *counters)
{
	mutex_lock(&buffer->lock);
	memcpy(counters->count, buffer->count, sizeof(buffer->count));
	if (counters->reset)
		memset(buffer->count, 0, sizeof(buffer->count));
	mutex_unlock(&buffer->lock);
}

static long lab_counters(void __user *argument)
{
	struct dmabuf_pool_lab_counters counters;
	struct dma_buf *dmabuf;
	long ret = -EINVAL;

	if (copy_from_user(&counters, argument, sizeof(counters)))
		return -EFAULT;
	if (counters.reset > 1)
		return -EINVAL;
	dmabuf = dma_buf_get(counters.fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	if (is_ours(dmabuf)) {
		take_counters(dmabuf->priv, &counters);
		ret = copy_to_user(argument, &counters, sizeof(counters)) ?
			      -EFAULT : 0;
	}
	dma_buf_put(dmabuf);
	return ret;
}

static long exporter_ioctl(struct file *file, unsigned int cmd,
			   unsigned long arg)
{
	switch (cmd) {
	case DMABUF_POOL_LAB_ALLOC:
		return lab_alloc((void __user *)arg);
	case DMABUF_POOL_LAB_COUNTERS:
		return lab_counters((void __user *)arg);
	default:
		return -ENOTTY;
	}
}

const struct file_operations lab_exporter_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = exporter_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
