"""Orders and ways: what is worked out for all at once is what a plain walk from each finds."""

from dataclasses import dataclass
from random import Random

from recipes.order import Order, bits
from recipes.together import AtOnce
from recipes.ways import Ways

SEEDS = range(60)


@dataclass(frozen=True)
class Part:
    key: str
    after: tuple[str, ...] | None


def parts_by_chance(luck: Random) -> list[Part]:
    count = luck.randint(1, 9)
    places = luck.sample(range(count), count)  # what is waited for need not stand before
    found = []
    for number in range(count):
        earlier = [one for one in range(count) if places[one] < places[number]]
        some = tuple(f"p{one}" for one in earlier if luck.random() < 0.4)
        stands = luck.random() < 0.2 and all(places[one] < places[number] for one in range(number))
        found.append(Part(f"p{number}", None if stands else some))
    return found


def before_each(parts: list[Part]) -> list[set[int]]:
    """Return what is over before each part, by a walk through all that it waits for."""
    waits = [
        {number for number, one in enumerate(parts) if one.key in part.after}
        if part.after is not None else set(range(at))
        for at, part in enumerate(parts)
    ]  # fmt: skip
    for _round in parts:
        waits = [own.union(*(waits[one] for one in own)) for own in waits]
    return waits


def test_before_behind_and_beside_are_what_a_walk_finds() -> None:
    for seed in SEEDS:
        parts = parts_by_chance(Random(seed))
        order, before = Order(parts), before_each(parts)
        everything = set(range(len(parts)))
        for number in everything:
            behind = {one for one in everything if number in before[one]}
            beside = everything - behind - before[number] - {number}
            found = (order.before(number), order.behind(number), order.beside(number))
            assert tuple(map(set, map(bits, found))) == (before[number], behind, beside)
            assert {one for one in everything if order.is_before(one, number)} == before[number]
            shown = set(order.waits_for(number))
            assert shown.union(*(before[one] for one in shown)) == before[number]


def test_what_is_needed_at_once_is_counted_one_by_one() -> None:
    for seed in SEEDS:
        luck = Random(seed)
        order = Order(parts_by_chance(luck))
        counts = {number: luck.randint(0, 3) for number in range(order.count)}
        once = AtOnce(order, counts)
        for number in counts:
            chosen = [number]
            for other, count in counts.items():
                if count and all(order.beside(one) >> other & 1 for one in chosen):
                    chosen.append(other)
            assert once.with_(number) == sum(counts[one] for one in chosen)


def longest(into: list[list[tuple[int, int]]], one: int, other: int) -> int | None:
    """Return the longest way, by trying all."""
    if one == other:
        return 0
    ways = [(longest(into, one, between), least) for between, least in into[other]]
    return max((way + least for way, least in ways if way is not None), default=None)


def test_the_longest_ways_are_those_of_trying_all() -> None:
    for seed in SEEDS:
        luck, ways = Random(seed), Ways()
        count = luck.randint(2, 9)
        names = luck.sample(range(count), count)  # points are made in any order
        for _point in range(count):
            ways.point()
        into: list[list[tuple[int, int]]] = [[] for _point in range(count)]
        for later in range(count):
            for earlier in range(later):
                if luck.random() < 0.4:
                    least = luck.choice([0, 1, 5, 10**11])
                    ways.edge(names[earlier], names[later], least)
                    into[names[later]].append((names[earlier], least))
        ways.beside(names[0], names[-1])
        pairs = [(one, other) for one in range(count) for other in range(count)]
        expected = {pair: longest(into, *pair) for pair in pairs}
        found = ways.between(pairs)
        assert found == {pair: way for pair, way in expected.items() if way is not None}
        assert all(way <= ways.most(*pair) for pair, way in found.items())


def test_the_ways_from_more_beginnings_than_go_together_are_all_found() -> None:
    ways = Ways()
    point = first = ways.point()
    for _number in range(600):
        point = ways.point(point, least=2)
    pairs = [(one, point) for one in range(first, point)]
    assert ways.between(pairs) == {(one, point): 2 * (point - one) for one, _last in pairs}


def far_apart(count: int, edges: list[tuple[int, int, int]]) -> list[list[float]]:
    """Return the longest ways of each pair of points, by a plain walk over all of them."""
    far = [[0.0 if one == other else -INFINITE for other in range(count)] for one in range(count)]
    for one, other, least in edges:
        far[one][other] = max(far[one][other], least)
    for via in range(count):
        for one in range(count):
            for other in range(count):
                far[one][other] = max(far[one][other], far[one][via] + far[via][other])
    return far


INFINITE = float("inf")


def test_bounds_are_at_odds_where_a_circle_of_ways_takes_more_than_nothing() -> None:
    found = {True: 0, False: 0}
    for seed in range(200):
        luck, ways = Random(seed), Ways()
        count, edges = luck.randint(2, 8), []
        for point in range(count):
            before = [one for one in range(point) if luck.random() < 0.5]
            ways.point()
            for one in before:
                edges.append((one, point, luck.randint(0, 9)))
                ways.edge(*edges[-1])
        pairs = [sorted(luck.sample(range(count), 2)) for _bound in range(luck.randint(1, 5))]
        bounds = [(one, other, luck.randint(0, 12)) for one, other in pairs]
        circle, beyond = ways.at_odds(bounds)
        back = [(other, one, -most) for one, other, most in bounds]
        far = far_apart(count, [*edges, *back])
        assert bool(circle) is any(far[point][point] > 0 for point in range(count)), seed
        if circle:  # those that are named are at odds without the others, the more so by as much
            own = [bounds[number] for number in circle]
            assert 0 < beyond <= sum(least for _one, _other, least in edges)
            assert ways.at_odds(own)[0]
        found[bool(circle)] += 1
    assert min(found.values()) > 40
