"""Invent people, cars and dealers for the sandbox; nobody has a 555-01xx phone number."""

from dataclasses import dataclass
from typing import Any, Final

WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
LETTER_VALUES: Final = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, *range(2, 10)),
        strict=True)
)  # fmt: skip


@dataclass(frozen=True)
class Dealer:
    """A dealer: the prefix of its session keys, its name, phone number and web address."""

    prefix: str
    name: str
    phone: str
    site: str


DEALERS: Final = {
    dealer.prefix: dealer
    for dealer in (
        Dealer("LKS", "Lakeshore Honda", "416-555-0100", "lakeshorehonda.example.com"),
        Dealer("NGF", "Northgate Ford", "905-555-0100", "northgateford.example.com"),
        Dealer("MRT", "Maple Ridge Toyota", "647-555-0100", "mapleridgetoyota.example.com"),
    )
}


@dataclass(frozen=True)
class Car:
    """A model: the fixed parts of its VIN, its fields, and what PAVE decodes from the VIN."""

    vin_head: str
    vin_tail: str
    year: int
    make: str
    model: str
    body_type: str
    trim: str
    transmission: str
    ext_col: str
    int_col: str
    odometer: int
    drivetrain: str
    engine_type: str
    fuel_type: str = "Gasoline"

    def vin(self, number: int) -> str:
        """Return the VIN of the `number`-th such car, with a valid check digit."""
        serial = f"{(int(self.vin_tail[-5:]) + 37 * number) % 100_000:05}"
        return with_check_digit(f"{self.vin_head}0{self.vin_tail[:-5]}{serial}")

    def decoded(self, number: int) -> dict[str, Any]:
        """Return what PAVE adds to the vehicle when it decodes the VIN."""
        return {
            "vehicle_id": 48200 + number,
            "drivetrain": self.drivetrain,
            "engine_type": self.engine_type,
            "fuel_type": self.fuel_type,
        }


def with_check_digit(vin: str) -> str:
    """Return the VIN with a valid ninth character (weighted sum modulo 11, X for ten)."""
    total = sum(
        weight * (int(letter) if letter.isdigit() else LETTER_VALUES[letter])
        for letter, weight in zip(vin, WEIGHTS, strict=True)
    )
    return f"{vin[:8]}{'0123456789X'[total % 11]}{vin[9:]}"


AUTO: Final = "Automatic"
CARS: Final = (
    Car("2HGFC2F7", "MH500123", 2021, "Honda", "Civic", "Sedan", "EX", "CVT",
        "Lunar Silver Metallic", "Black", 41_870, "FWD", "2.0L I4"),
    Car("1FTEW1E5", "KFB12345", 2019, "Ford", "F-150", "Crew Cab Pickup", "Lariat", AUTO,
        "Oxford White", "Black", 88_412, "4WD", "5.0L V8"),
    Car("2T3P1RFV", "NC123456", 2022, "Toyota", "RAV4", "SUV", "XLE", AUTO,
        "Lunar Rock", "Black", 30_655, "AWD", "2.5L I4"),
    Car("2HKRS6H9", "PH200345", 2023, "Honda", "CR-V", "SUV", "Touring", "CVT",
        "Radiant Red Metallic", "Grey", 12_940, "AWD", "2.0L I4", "Hybrid"),
    Car("1FMCU9GD", "JUA34567", 2018, "Ford", "Escape", "Wagon 4 Dr.", "SE", AUTO,
        "Magnetic", "Charcoal Black", 97_310, "4WD", "1.5L I4"),
    Car("5YFBPRBE", "LP071234", 2020, "Toyota", "Corolla", "Sedan", "LE", "CVT",
        "Classic Silver Metallic", "Light Grey", 52_008, "FWD", "1.8L I4"),
    Car("1HGCR2F5", "HA045678", 2017, "Honda", "Accord", "Sedan", "Sport", "Manual",
        "Crystal Black Pearl", "Black", 100_945, "FWD", "2.4L I4"),
    Car("1FMSK8DH", "MGA56789", 2021, "Ford", "Explorer", "SUV", "XLT", AUTO,
        "Atlas Blue", "Sandstone", 46_121, "4WD", "2.3L I4"),
    Car("4T1B11HK", "KU712345", 2019, "Toyota", "Camry", "Sedan", "SE", AUTO,
        "Celestial Silver Metallic", "Ash", 71_530, "FWD", "2.5L I4"),
    Car("5FNYF6H5", "NB500456", 2022, "Honda", "Pilot", "SUV", "EX-L", AUTO,
        "Platinum White Pearl", "Beige", 38_777, "AWD", "3.5L V6"),
    Car("2FMPK4J9", "LBA67890", 2020, "Ford", "Edge", "SUV", "SEL", AUTO,
        "Agate Black", "Ebony", 64_289, "AWD", "2.0L I4"),
    Car("5TDJZ3DC", "JS198765", 2018, "Toyota", "Sienna", "Van", "LE", AUTO,
        "Predawn Gray Mica", "Ash", 119_204, "AWD", "3.5L V6"),
)  # fmt: skip

PEOPLE: Final = (
    "Daniel Osei", "Amelia Tran", "Carlos Medina", "Aisha Rahman", "Peter Kowalczyk",
    "Noor Haddad", "Simone Tremblay", "Ben Achterberg", "Ifeoma Nwosu", "Priya Nair",
    "Liam O’Connor", "Mei-Ling Chow", "Jean-Luc Gagné", "Fatima Zahra Idrissi", "Owen Blackbird",
    "Sofia Rossi", "Tomasz Wójcik", "Grace Abebe", "Hiro Tanaka", "Chantal Bélanger",
    "Arjun Mehta", "Emily Sinclair", "Mateo Fernández", "Zainab Yusuf", "Kevin MacLeod",
    "Olena Shevchenko", "Andre Baptiste", "Ruth Goldberg", "Samir Khoury", "Hannah Whitefeather",
    "Victor Popescu",
)  # fmt: skip


def phone(number: int) -> str:
    """Return the `number`-th phone number, from the ranges that are reserved for fiction."""
    area = ("416", "647", "905")[number % 3]
    return f"{area}-555-{101 + number * 7 % 99:04}"


@dataclass(frozen=True)
class Sample:
    """The dealer, customer and car of the `number`-th sample session; fields pick their values."""

    number: int
    dealer: Dealer

    @property
    def car(self) -> Car:
        """The car that the customer brings."""
        return CARS[self.number % len(CARS)]

    @property
    def vin(self) -> str:
        """The car's VIN."""
        return self.car.vin(self.number)

    @property
    def odometer(self) -> int:
        """The car's reading, in kilometres."""
        return self.car.odometer + 1013 * (self.number % 40)

    @property
    def customer(self) -> str:
        """The customer's name."""
        return PEOPLE[self.number % len(PEOPLE)]

    @property
    def phone(self) -> str:
        """The customer's phone number."""
        return phone(self.number)

    @property
    def client_id(self) -> str:
        """The dealer's own id of the session."""
        return f"{self.dealer.prefix}{234889 + self.number}"

    @property
    def thank_you_page(self) -> str:
        """The page to which the customer is redirected afterwards."""
        return f"https://{self.dealer.site}/inspection/thank-you"
