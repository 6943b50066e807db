"""What comparisons are made of: runs read and measured, steps aligned, groups tested."""
