"""Mail that was made to hurt, as generators; the numbers are those of the catalogue E1 to E34."""
