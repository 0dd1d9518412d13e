"""The demo company: one group, three regions, about thirty people, and campaigns in every stage of their lives."""
