"""A model of a recipe's flow that was written another way than the engine: by coroutines.

It reads the random documents of ``tests.recipes.documents`` as plain JSON, and their conditions
with Python itself.
"""

import json
from collections.abc import Iterator
from typing import Any

Ref = tuple[str, int]
Value = int | str
CHOSEN = ("choose", "decide")


class Model:
    """The same by coroutines: an operation yields the step it waits at, and is sent its value."""

    def __init__(self, text: str) -> None:
        self.plain = json.loads(text)
        self.last: dict[str, Value] = {}
        self.unfinished: list[Ref] = []
        self.called: list[Ref] = []
        self.skipped: list[str] = []
        self.at: dict[str, list[Iterator[Ref]]] = {}
        self.waits: dict[str, Ref] = {}
        self.over: set[str] = set()
        self.calls: dict[str, int] = {}
        self.interrupted: dict[str, Ref] = {}
        self._settle()

    # a condition of the generator, read by Python itself
    def _holds(self, condition: str, here: dict[str, Value]) -> bool:
        said = condition.replace("one.do.s0", "_known_").replace("one.do.way", "_way_")
        names = {**here, "_known_": self.last.get("one/do/s0", 0),
                 "_way_": self.last.get("one/do/way", "")}  # fmt: skip
        return bool(eval(said, {"__builtins__": {}}, names))

    def _operation(self, stage: str, one: dict[str, Any], number: int = 1) -> Iterator[Ref]:
        repeat = one.get("repeat", {})
        group = [repeat["first"], repeat["last"]] if "first" in repeat else []
        whole, here = bool(repeat) and not group, dict[str, Value]()
        for time in range(1, int(repeat["max"]) + 1 if whole else 2):
            here = {}
            steps, index, turn = one["steps"], 0, 1
            while index < len(steps):
                step = steps[index]
                inside = bool(group) and step["key"] in {"a", "b"}
                iteration = turn if inside else (time if whole else number)
                wanted = step.get("when") if step["kind"] != "clear" else None
                if wanted is None or self._holds(wanted, here):
                    path = f"{stage}/{one['key']}/{step['key']}"
                    yield path, iteration
                    here[step["key"]] = self.last[path]
                else:
                    self.skipped.append(f"{stage}/{one['key']}/{step['key']}")
                ends = bool(group) and step["key"] == group[1]
                if ends and not self._holds(repeat["until"], here):
                    if turn < int(repeat["max"]):
                        index, turn = [s["key"] for s in steps].index(group[0]), turn + 1
                        continue
                    self.unfinished.append((f"{stage}/{one['key']}/{step['key']}", turn))
                index += 1
            if not whole or self._holds(repeat["until"], here):
                return
        self.unfinished.append((f"{stage}/{one['key']}/{steps[-1]['key']}", int(repeat["max"])))

    def _before(self, parts: list[dict[str, Any]], index: int) -> list[str]:
        before = parts[:index]
        named = parts[index].get("after")
        return [one["key"] for one in before if named is None or one["key"] in named]

    def _settle(self) -> None:
        """Begin all whose predecessors are over, until nothing changes."""
        changed = True
        while changed:
            changed = False
            stages = self.plain["stages"]
            for number, stage in enumerate(stages):
                key = stage["key"]
                if key in self.over or not self.over >= set(self._before(stages, number)):
                    continue
                started = any(f"{key}/{one['key']}" in self.at for one in stage["operations"])
                if not started and "when" in stage and not self._holds(stage["when"], {}):
                    self.over.add(key)
                    self.skipped.append(key)
                    changed = True
                    continue
                changed |= self._settle_stage(stage)

    def _settle_stage(self, stage: dict[str, Any]) -> bool:
        changed, key = False, stage["key"]
        for index, one in enumerate(stage["operations"]):
            path = f"{key}/{one['key']}"
            before = {f"{key}/{name}" for name in self._before(stage["operations"], index)}
            if path in self.at or not self.over >= before:
                continue
            changed = True
            self.at[path] = []
            if "when" in one and not self._holds(one["when"], {}):
                self.over.add(path)
                self.skipped.append(path)
            else:
                self.at[path] = [self._operation(key, one)]
                self._step(path)
        if {f"{key}/{one['key']}" for one in stage["operations"]} <= self.over:
            self.over.add(key)
            changed = True
        return changed

    def _step(self, path: str) -> None:
        """Let the innermost coroutine of an operation run to its next step."""
        while self.at[path]:
            found = next(self.at[path][-1], None)
            if found is not None:
                self.waits[path] = found
                return
            self.at[path].pop()
            if self.at[path] and path in self.interrupted:
                self.waits[path] = self.interrupted.pop(path)
                return
        self.waits.pop(path, None)
        self.over.add(path)

    @property
    def ready(self) -> set[Ref]:
        return set(self.waits.values())

    def step(self, ref: Ref) -> dict[str, Any]:
        """Return a step that is ready, as it was written."""
        stage, key, name = ref[0].split("/")
        works = next(s for s in self.plain["stages"] if s["key"] == stage)["operations"]
        one = next(o for o in [*works, *self.plain["contingencies"]] if o["key"] == key)
        found: dict[str, Any] = next(s for s in one["steps"] if s["key"] == name)
        return found

    def do(self, ref: Ref, value: Value) -> None:
        path = next(path for path, at in self.waits.items() if at == ref)
        self.last[ref[0]] = value
        self._step(path)
        self._settle()

    def offers(self, ref: Ref) -> bool:
        path = next(path for path, at in self.waits.items() if at == ref)
        stage, key = path.split("/")
        found = next(s for s in self.plain["stages"] if s["key"] == stage)["operations"]
        one = next(o for o in found if o["key"] == key)
        return "contingencies" in one and path not in self.interrupted

    def call(self, ref: Ref) -> None:
        path = next(path for path, at in self.waits.items() if at == ref)
        stage = path.split("/")[0]
        self.calls[stage] = self.calls.get(stage, 0) + 1
        leak = self.plain["contingencies"][0]
        self.called.append(ref)
        self.interrupted[path] = ref
        self.at[path].append(self._operation(stage, leak, self.calls[stage]))
        self._step(path)
