"""Pages of orders, from vein to vein."""
