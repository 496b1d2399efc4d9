"""ID numbers: GB 11643 (18 characters), the disability certificate's 20 or 22, and how they are shown."""

from datetime import date

from stdnum.iso7064 import mod_11_2


def normalized(text: str) -> str:
    """Without spaces, `x` in upper case."""
    return "".join(text.split()).upper()


def valid(number: str) -> bool:
    """Whether length, check digit (GB 11643) and birth date are possible. A disability certificate begins with the ID number."""
    identity, rest = number[:18], number[18:]
    return (
        len(number) in (18, 20, 22)
        and identity[:17].isascii()
        and identity[:17].isdigit()
        and check_digit(identity[:17]) == identity[17]
        and birth(number) is not None
        and (not rest or (rest.isascii() and rest.isalnum()))
    )


def birth(number: str) -> date | None:
    """The birth date in an ID number; None where there is none."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex(number: str) -> str:
    """男 or 女, by digit 17."""
    return "男" if int(number[16]) % 2 else "女"


def check_digit(first_17: str) -> str:
    """The 18th character for 17 digits."""
    return str(mod_11_2.calc_check_digit(first_17))


def masked(number: str | None) -> str:
    """How a number is shown where it need not be read in full: first six, last four; empty for none."""
    return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}" if number and len(number) > 10 else ""
