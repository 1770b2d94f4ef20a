"""Typed values from environment variables. What is required and absent names itself."""

from collections.abc import Mapping

# What production does not start without.
REQUIRED = (
    "DATABASE_URL",
    "REDIS_URL",
    "MES_SECRET_KEY",
    "MES_MASTER_KEY",
    "MES_DATA",
    "MES_ALLOWED_HOSTS",
)


class Missing(Exception):
    """Required environment variables that are not set."""

    def __init__(self, *names: str) -> None:
        self.names = names
        super().__init__(f"Set the environment variable(s) {', '.join(names)}.")


class Environment:
    """Reads variables; a variable that is set but empty counts as absent."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def text(self, name: str, default: str | None = None) -> str:
        """Return the text of ``name``. Raises Missing when there is neither value nor default."""
        value = self._variables.get(name) or default
        if value is None:
            raise Missing(name)
        return value

    def optional(self, name: str) -> str | None:
        """Return the text of ``name`` or None."""
        return self._variables.get(name) or None

    def number(self, name: str, default: int) -> int:
        """Return the whole number of ``name``. Raises ValueError that names the variable."""
        value = self.text(name, str(default))
        try:
            return int(value)
        except ValueError:
            raise ValueError(f"{name} must be a whole number, not {value!r}.") from None

    def flag(self, name: str, *, default: bool) -> bool:
        """Return yes or no of ``name`` (1, true, yes, on)."""
        value = self.optional(name)
        return default if value is None else value.lower() in {"1", "true", "yes", "on"}

    def words(self, name: str, default: str = "") -> list[str]:
        """Return the comma-separated words of ``name``."""
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def require(self, *names: str) -> None:
        """Raise Missing with every one of ``names`` that is absent, not only the first."""
        absent = [name for name in names if not self.optional(name)]
        if absent:
            raise Missing(*absent)
