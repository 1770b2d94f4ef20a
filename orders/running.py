"""What keeps a treatment centre open: ``accounts`` asks before one is closed."""

from accounts.centres import tells_open_orders
from orders.selectors import running_of

tells_open_orders(running_of)
