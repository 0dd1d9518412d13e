"""Pages of campaigns: the list (`listing`), one campaign (`pages`), what changes its course (`moves`), workbooks (`imports`)."""
