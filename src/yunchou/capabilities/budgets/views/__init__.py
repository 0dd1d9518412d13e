"""Pages of budgets: the tab, money that is moved, and the emergency pools."""
