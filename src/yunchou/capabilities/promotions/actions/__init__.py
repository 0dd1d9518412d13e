"""Everything that writes coupons, forwarding tasks and live streams."""

from .coupons import (
    SeriesFacts,
    change_series,
    close_series,
    issue_coupon,
    link_order,
    make_series,
    redeem_coupon,
    take_coupon,
    void_coupon,
)
from .forwarding import (
    TaskFacts,
    add_promoters,
    close_task,
    fulfil_reached,
    give_reward,
    make_task,
    note_forwards,
    remove_promoter,
)
from .streams import (
    StreamFacts,
    StreamResult,
    change_stream,
    import_streams,
    plan_stream,
    remove_stream,
    tell_stream,
)

__all__ = [
    "SeriesFacts",
    "StreamFacts",
    "StreamResult",
    "TaskFacts",
    "add_promoters",
    "change_series",
    "change_stream",
    "close_series",
    "close_task",
    "fulfil_reached",
    "give_reward",
    "import_streams",
    "issue_coupon",
    "link_order",
    "make_series",
    "make_task",
    "note_forwards",
    "plan_stream",
    "redeem_coupon",
    "remove_promoter",
    "remove_stream",
    "take_coupon",
    "tell_stream",
    "void_coupon",
]
