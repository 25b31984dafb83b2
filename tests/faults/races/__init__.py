"""What two people at once come to, for each lock of the rooms: with it, and without it.

Each race says what the first is told, what the second is told, and what is there afterwards.
"""

from tests.faults.locking import Race
from tests.faults.races import of_goods, of_letters, of_money, of_orders, of_sheets

RACES: dict[str, Race] = {
    **of_goods.RACES,
    **of_letters.RACES,
    **of_money.RACES,
    **of_orders.RACES,
    **of_sheets.RACES,
}
