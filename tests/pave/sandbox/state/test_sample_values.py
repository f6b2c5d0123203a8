"""Test that sample cars have valid VINs and sample people fictional phone numbers."""

from sessions_ui.pave.sandbox.state.sample_values import CARS, PEOPLE, phone, with_check_digit


def test_the_check_digit_is_computed():
    assert with_check_digit("1M8GDM9A0KP042788") == "1M8GDM9AXKP042788"
    assert with_check_digit("11111111011111111") == "11111111111111111"


def test_vins_are_valid_and_phone_numbers_fictional():
    for number in (0, 1, 30, 5000):
        for car in CARS:
            vin = car.vin(number)
            assert len(vin) == 17
            assert with_check_digit(vin) == vin
            assert vin[9] == "HJKLMNP"[car.year - 2017]
    phones = [phone(number) for number in range(40)]
    assert len(set(phones)) == 40
    assert all(number[:8] in ("416-555-", "647-555-", "905-555-") for number in phones)
    assert all(1 <= int(number[-4:]) - 100 <= 99 for number in phones)
    assert len(set(PEOPLE)) == len(PEOPLE)
