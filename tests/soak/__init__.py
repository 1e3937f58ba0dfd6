"""A soak by hand: a real bot under load for as long as wished, with platforms that fail one send in ten."""
