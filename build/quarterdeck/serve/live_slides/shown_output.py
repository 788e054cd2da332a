"""The output of a step as pages may see it."""

from __future__ import annotations

from quarterdeck.terminal.safe_output import SafeOutput
from quarterdeck.terminal.secret_mask import SecretMask


class ShownOutput:
    """What is left of a step's output: nothing that acts on a page or asks for an answer, and no secrets."""

    def __init__(self) -> None:
        self._safe = SafeOutput()
        self._mask = SecretMask()

    def take(self, data: bytes) -> bytes:
        """What is shown of *data*."""
        return self._mask.take(self._safe.take(data))

    def flush(self) -> bytes:
        """What was held back."""
        return self._mask.flush()
