"""Pages of segments and target lists."""
