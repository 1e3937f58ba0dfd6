"""The one store: real Redis behind three ports."""
