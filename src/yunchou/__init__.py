"""Yunchou 运筹: campaigns and customer events, run by the company's own regulations."""
