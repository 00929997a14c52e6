// SPDX-License-Identifier: GPL-2.0
/*
 * The module dmabuf_pool_lab: partial sync on a kernel that has none, and what
 * is needed to see whether it is right. For a lab's guest, never for a machine
 * that somebody works on.
 */
#include <linux/array_size.h>
#include <linux/dma-mapping.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/version.h>

#include "lab.h"

struct device *lab_device;

static struct miscdevice nodes[] = {
	{
		.minor = MISC_DYNAMIC_MINOR,
		.name = "dmabuf_pool_lab",
		.fops = &lab_exporter_fops,
	},
	{
		.minor = MISC_DYNAMIC_MINOR,
		.name = "dmabuf_pool_camera",
		.fops = &lab_camera_fops,
	},
	{
		.minor = MISC_DYNAMIC_MINOR,
		.name = "dmabuf_pool_vendor",
		.fops = &lab_vendor_fops,
	},
};

static void remove_nodes(size_t count)
{
	while (count)
		misc_deregister(&nodes[--count]);
}

static int make_nodes(void)
{
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(nodes); i++) {
		ret = misc_register(&nodes[i]);
		if (ret) {
			remove_nodes(i);
			return ret;
		}
	}
	return 0;
}

static int make_device(void)
{
	struct platform_device *camera;
	int ret;

	camera = platform_device_register_simple("dmabuf_pool_camera",
						 PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(camera))
		return PTR_ERR(camera);
	ret = dma_coerce_mask_and_coherent(&camera->dev, DMA_BIT_MASK(64));
	if (ret) {
		platform_device_unregister(camera);
		return ret;
	}
	lab_device = &camera->dev;
	return 0;
}

static void remove_device(void)
{
	platform_device_unregister(to_platform_device(lab_device));
}

static int __init lab_init(void)
{
	int ret = make_device();

	if (ret)
		return ret;
	ret = lab_hook_dma_buf_ioctl();
	if (ret)
		goto no_hook;
	ret = make_nodes();
	if (ret)
		goto no_nodes;
	return 0;

no_nodes:
	lab_unhook_dma_buf_ioctl();
no_hook:
	remove_device();
	return ret;
}

static void __exit lab_exit(void)
{
	remove_nodes(ARRAY_SIZE(nodes));
	lab_unhook_dma_buf_ioctl();
	remove_device();
}

module_init(lab_init);
module_exit(lab_exit);

MODULE_DESCRIPTION("Partial sync of dma-bufs, for the lab of dmabuf-pool");
MODULE_AUTHOR("The dmabuf-pool authors");
MODULE_LICENSE("GPL");

/* The name of a namespace is a string since 6.13. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
MODULE_IMPORT_NS("DMA_BUF");
#else
MODULE_IMPORT_NS(DMA_BUF);
#endif
