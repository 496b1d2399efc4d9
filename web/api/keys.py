"""Keys in paths: `<key:task_key>`."""

from werkzeug.routing import IntegerConverter, ValidationError


class KeyConverter(IntegerConverter):
    """A key as its decimal string; one that no database can hold leads nowhere (404)."""

    regex = r"[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        found = super().to_python(value)
        if found >= 2**63:
            raise ValidationError
        return found
