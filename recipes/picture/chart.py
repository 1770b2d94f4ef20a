"""The layout: boxes of operations in frames of stages, in columns that fill a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from recipes.document import Operation, Recipe, Stage
from recipes.drafting.changes import Address
from recipes.drafting.labels import kind_label
from recipes.enums import Openness
from recipes.parts import Text
from recipes.picture.graph import Graph
from recipes.picture.shapes import TITLE, Label, Line, Link, Rect, fitted, line

BOX, GAP, DROP, PAD = 208.0, 26.0, 34.0, 14.0
ROW, SQUARE, STEP = 16.0, 11.0, 16.0
HEAD, SYMBOL, GUTTER = 30.0, 26.0, 44.0
PER_ROW, MOST_SQUARES = 12, 48
# A page on its side is so much wider than high.
SHAPE = 1.35
Linked = Callable[[Address], str]


@dataclass(slots=True)
class Chart:
    """All shapes of a picture of ``width`` × ``height``; ``words`` are what it says, in order."""

    width: float = 0
    height: float = 0
    stages: list[Link] = field(default_factory=list)
    called: list[Link] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    symbols: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Block:
    """A stage before it has its place: its graph, the lines of its title, its frame's size."""

    stage: Stage
    graph: Graph
    title: list[str]
    address: Address
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands: its box, by which lines reach it."""

    x: float
    y: float
    width: float
    height: float

    @property
    def top(self) -> tuple[float, float]:
        return (self.x + self.width / 2, self.y)

    @property
    def bottom(self) -> tuple[float, float]:
        return (self.x + self.width / 2, self.y + self.height)


def chart_of(recipe: Recipe, link: Linked, say: Callable[[Text], str]) -> Chart:
    """Lay a recipe out; ``link`` gives the page of a part, ``say`` a text in the reader's language.

    Work is proportional to the number of steps.
    """
    return _Drawing(recipe, link, say).chart()


class _Drawing:
    def __init__(self, recipe: Recipe, link: Linked, say: Callable[[Text], str]) -> None:
        self._recipe, self._link, self._say = recipe, link, say
        self._graph = Graph(recipe.stages)
        self._blocks = [self._block(stage) for stage in recipe.stages]
        self._chart = Chart()

    def chart(self) -> Chart:
        """Place the stages column by column, then all that hangs on them."""
        columns = self._columns()
        x, spots = PAD, dict[int, Spot]()
        for layers in columns:
            width = self._place_column(layers, x, spots)
            x += width + GUTTER
        for index, block in enumerate(self._blocks):
            self._draw_stage(block, spots[index])
        self._edges(self._graph, spots, columns)
        self._chart.width = x - GUTTER + PAD
        self._chart.height = max(spot.y + spot.height for spot in spots.values()) + SYMBOL + DROP
        self._ends(spots)
        self._contingencies()
        return self._chart

    # --- sizes ------------------------------------------------------------------------------------

    def _block(self, stage: Stage) -> Block:
        graph = Graph(stage.operations)
        height = sum(
            max(self._height(stage.operations[one]) for one in layer) for layer in graph.layers
        )
        width = graph.lanes * BOX + (graph.lanes - 1) * GAP + 2 * PAD
        title = self._title(stage.title, width - 20)
        height += HEAD + ROW * (len(title) - 1) + PAD + DROP * (len(graph.layers) - 1) + PAD
        return Block(stage, graph, title, ("stages", stage.key), width, height)

    def _title(self, text: Text, width: float) -> list[str]:
        return fitted(self._say(text), width, lines=2, letter=TITLE)

    def _height(self, operation: Operation) -> float:
        marks = len(self._marks(operation))
        squares = 0 if len(operation.steps) > MOST_SQUARES else -(-len(operation.steps) // PER_ROW)
        title = len(self._title(operation.title, BOX - 16))
        return 12 + ROW * (title + marks) + STEP * squares + 6

    def _marks(self, operation: Operation) -> list[str]:
        """Return what a box says below its title: openness, loop, contingencies."""
        found = [str(Openness(operation.openness).label)]
        if operation.repeat is not None:
            found.append(f"↻ ≤ {operation.repeat.max}×: {operation.repeat.until}")
        titles = {one.key: one.title for one in self._recipe.contingencies}
        return found + [
            f"⚠ {self._say(titles[key]) if key in titles else key}"
            for key in operation.contingencies
        ]

    # --- columns ----------------------------------------------------------------------------------

    def _columns(self) -> list[list[int]]:
        """Divide the layers so that the whole fills a page on its side."""
        heights = [
            max(self._blocks[one].height for one in layer) + DROP for layer in self._graph.layers
        ]
        width = max((self._layer_width(layer) for layer in self._graph.layers), default=BOX)
        best = [list(range(len(heights)))]
        for count in range(1, len(heights) + 1):
            found = self._broken(heights, sum(heights) / count)
            if _off(found, heights, width) < _off(best, heights, width):
                best = found
        return best

    def _layer_width(self, layer: tuple[int, ...]) -> float:
        return sum(self._blocks[one].width + GAP for one in layer) + GUTTER

    def _broken(self, heights: list[float], most: float) -> list[list[int]]:
        columns: list[list[int]] = [[]]
        high = 0.0
        for layer, height in enumerate(heights):
            full = high + height / 2 > most and columns[-1]
            if full and self._graph.breaks_behind(layer - 1):
                columns.append([])
                high = 0.0
            columns[-1].append(layer)
            high += height
        return columns

    def _place_column(self, layers: list[int], x: float, spots: dict[int, Spot]) -> float:
        parts = [one for layer in layers for one in self._graph.layers[layer]]
        lanes = sorted({self._graph.lane[one] for one in parts})
        widths = {
            lane: max(self._blocks[one].width for one in parts if self._graph.lane[one] == lane)
            for lane in lanes
        }
        y = PAD + SYMBOL + DROP
        for layer in layers:
            row = self._graph.layers[layer]
            for one in row:
                lane, block = self._graph.lane[one], self._blocks[one]
                left = x + sum(widths[other] + GAP for other in lanes if other < lane)
                spots[one] = Spot(left, y, block.width, block.height)
            y += max(self._blocks[one].height for one in row) + DROP
        return sum(widths.values()) + GAP * (len(lanes) - 1)

    # --- what is drawn ----------------------------------------------------------------------------

    def _draw_stage(self, block: Block, at: Spot) -> None:
        stage = block.stage
        drawn = Link(self._link(block.address), self._say(stage.title))
        drawn.rects.append(Rect(at.x, at.y, at.width, at.height, "stage"))
        for number, text in enumerate(block.title):
            drawn.labels.append(Label(at.x + 10, at.y + 20 + ROW * number, text, "stage-title"))
        spots = self._operation_spots(block, at)
        for index, operation in enumerate(stage.operations):
            address = (*block.address, "operations", operation.key)
            drawn.inner.append(self._box(operation, address, spots[index]))
        self._edges(block.graph, spots, [list(range(len(block.graph.layers)))])
        self._chart.stages.append(drawn)

    def _operation_spots(self, block: Block, at: Spot) -> dict[int, Spot]:
        found: dict[int, Spot] = {}
        y = at.y + HEAD + ROW * (len(block.title) - 1) + PAD / 2
        for layer in block.graph.layers:
            heights = {one: self._height(block.stage.operations[one]) for one in layer}
            for one in layer:
                x = at.x + PAD + block.graph.lane[one] * (BOX + GAP)
                found[one] = Spot(x, y, BOX, heights[one])
            y += max(heights.values()) + DROP
        return found

    def _box(self, operation: Operation, address: Address, at: Spot, kind: str = "box") -> Link:
        drawn = Link(self._link(address), self._say(operation.title))
        drawn.rects.append(Rect(at.x, at.y, at.width, at.height, kind))
        y = at.y + 18
        for text in self._title(operation.title, BOX - 16):
            drawn.labels.append(Label(at.x + 8, y, text, "box-title"))
            y += ROW
        for mark in self._marks(operation):
            text = fitted(mark, BOX - 16, lines=1)[0]
            drawn.labels.append(Label(at.x + 8, y, text, "mark"))
            y += ROW
        if len(operation.steps) <= MOST_SQUARES:
            drawn.inner += self._squares(operation, address, at.x + 8, y - 8)
        return drawn

    def _squares(
        self, operation: Operation, address: Address, x: float, y: float
    ) -> Iterator[Link]:  # fmt: skip
        for number, step in enumerate(operation.steps):
            title = f"{kind_label(step.kind)}: {self._say(step.text)}"
            left, top = x + number % PER_ROW * STEP, y + number // PER_ROW * STEP
            shape = "critical" if step.critical else "maybe" if step.condition else "step"
            yield Link(
                self._link((*address, "steps", step.key)), title,
                [Rect(left, top, SQUARE, SQUARE, shape)],
            )  # fmt: skip

    # --- lines ------------------------------------------------------------------------------------

    def _edges(self, graph: Graph, spots: dict[int, Spot], columns: list[list[int]]) -> None:
        column = {layer: number for number, layers in enumerate(columns) for layer in layers}
        for source, target in graph.edges:
            a, b = spots[source], spots[target]
            if column[graph.layer[source]] == column[graph.layer[target]]:
                self._chart.lines.append(_hanging(a, b))
            else:
                self._chart.lines.append(_to_next_column(a, b))
        for index, spot in spots.items():
            self._bars(graph, index, spot)

    def _bars(self, graph: Graph, index: int, at: Spot) -> None:
        """Double lines where branches part and meet; a bar where a condition is asked."""
        for many, y in ((graph.before(index), at.y - 11), (graph.behind(index), _under(at) + 8)):
            left, right = at.x + 20, at.x + at.width - 20
            for offset in (0, 4) if len(many) > 1 else ():
                ends = ((left, y + offset), (right, y + offset))
                self._chart.lines.append(line(*ends, kind="parallel"))
        condition = graph.parts[index].when
        if condition:
            x, y = at.top
            self._chart.lines.append(line((x - 12, y - 15), (x + 12, y - 15), kind="transition"))
            text = fitted(condition, at.width / 2 - 20, lines=1)[0]
            self._chart.labels.append(Label(x + 17, y - 11, text, "condition"))

    def _ends(self, spots: dict[int, Spot]) -> None:
        """The begin (a triangle on its point) and the end (one on its base)."""
        for index, spot in spots.items():
            if not self._graph.before(index):
                x, y = spot.top
                top = y - DROP - SYMBOL + 8
                self._symbol((x - 14, top), (x + 14, top), (x, top + 22), kind="begin")
                self._chart.lines.append(line((x, top + 22), (x, y)))
            if not self._graph.behind(index):
                x, y = spot.bottom
                self._chart.lines.append(line((x, y), (x, y + 14)))
                self._symbol((x - 14, y + 36), (x + 14, y + 36), (x, y + 14), kind="end")

    def _symbol(self, *corners: tuple[float, float], kind: str) -> None:
        self._chart.symbols.append(line(*corners, kind=kind))

    def _contingencies(self) -> None:
        """What is called when something happens stands below, on no line."""
        called = self._recipe.contingencies
        if not called:
            return
        per_row = max(1, int((self._chart.width - PAD) // (BOX + GAP)))
        y = self._chart.height + ROW
        for number in range(0, len(called), per_row):
            row = called[number : number + per_row]
            for place, operation in enumerate(row):
                spot = Spot(PAD + place * (BOX + GAP), y, BOX, self._height(operation))
                address = ("contingencies", operation.key)
                self._chart.called.append(self._box(operation, address, spot, "called"))
            y += max(self._height(operation) for operation in row) + GAP
        self._chart.height = y


def _off(columns: list[list[int]], heights: list[float], width: float) -> float:
    """Return how far a division is from the shape of a page."""
    high = max(sum(heights[layer] for layer in layers) for layers in columns)
    ratio = len(columns) * width / high
    return max(ratio / SHAPE, SHAPE / ratio)


def _under(at: Spot) -> float:
    return at.y + at.height


def _hanging(a: Spot, b: Spot) -> Line:
    """From the foot of one box to the head of another below it."""
    (x1, y1), (x2, y2) = a.bottom, b.top
    if abs(x1 - x2) < 1:
        return line((x1, y1), (x2, y2))
    middle = y2 - DROP / 2
    return line((x1, y1), (x1, middle), (x2, middle), (x2, y2))


def _to_next_column(a: Spot, b: Spot) -> Line:
    """From the foot of a column to the head of the next one, between the two."""
    (x1, y1), (x2, y2) = a.bottom, b.top
    gutter = b.x - GUTTER / 2
    return line((x1, y1), (x1, y1 + 14), (gutter, y1 + 14), (gutter, y2 - 18), (x2, y2 - 18),
                (x2, y2))  # fmt: skip
