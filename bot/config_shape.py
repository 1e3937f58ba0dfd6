"""What every configuration entry is made of: strict, and of a few kinds of words."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Words = Annotated[str, Field(pattern=r"\S")]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Day = Annotated[date, Field(strict=False)]  # YAML hands dates on as text


class Strict(BaseModel):
    """Nothing unknown, nothing guessed: `"5"` is not 5 and `yes` is not true."""

    model_config = ConfigDict(extra="forbid", strict=True)
