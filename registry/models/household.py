"""Households and their members, as the forms and the national system describe them."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from registry.columns import AreaPath
from registry.models.base import Base, Fact
from registry.secrets import Blind, Encrypted

ID_NUMBER = "id_number"
PHONE = "phone"


class Household(Fact, Base):
    """A household (户). 户主 is the member whose relation says so; `head_name` repeats his name for search."""

    __tablename__ = "household"
    __table_args__ = (Index("ix_household_within", "area", "head_name"),)

    national_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    """户编号 of the national system."""
    area: Mapped[str] = mapped_column(AreaPath, ForeignKey("area.path"))
    village_group: Mapped[str] = mapped_column(String(50), default="")
    """自然村(组)"""
    address: Mapped[str] = mapped_column(String(200), default="")
    head_name: Mapped[str] = mapped_column(String(50), default="")
    pinyin: Mapped[str] = mapped_column(String(200), default="", index=True)
    initials: Mapped[str] = mapped_column(String(50), default="", index=True)
    kind: Mapped[str] = mapped_column(String(10))
    """户类型: 脱贫户 or 一般农户"""
    attribute: Mapped[str] = mapped_column(String(20), default="")
    """一般脱贫户, 低保脱贫户, 特困供养脱贫户, 未脱贫户, or nothing"""
    destitute: Mapped[bool] = mapped_column(default=False)
    """特困"""
    resettled: Mapped[bool] = mapped_column(default=False)
    """易地搬迁集中安置, at `resettlement`"""
    resettlement: Mapped[str] = mapped_column(String(100), default="")
    military_family: Mapped[bool] = mapped_column(default=False)
    causes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """致贫/返贫风险: 因病, 因残 …"""
    causes_note: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str | None] = mapped_column(Encrypted("household.phone"))
    phone_index: Mapped[str | None] = mapped_column(Blind(PHONE), index=True)
    account: Mapped[str | None] = mapped_column(Encrypted("household.account"))
    """Bank account (一卡通) that subsidies are paid to."""
    filed_by: Mapped[str] = mapped_column(String(50), default="")
    """填报人"""
    recorded_at: Mapped[datetime]

    members: Mapped[list["Member"]] = relationship(
        back_populates="household", order_by="Member.position", lazy="selectin"
    )

    @property
    def household_key(self) -> int:
        return self.key

    @validates("phone")
    def _index_phone(self, _name: str, phone: str | None) -> str | None:
        self.phone_index = phone
        return phone


class Member(Fact, Base):
    """A member of a household; one who died, married out or moved away keeps his row, with `left_on`."""

    __tablename__ = "member"

    household_key: Mapped[int] = mapped_column(ForeignKey("household.key"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    """Place in the list as the family gave it; 户主 first."""
    name: Mapped[str] = mapped_column(String(50), index=True)
    pinyin: Mapped[str] = mapped_column(String(200), default="", index=True)
    initials: Mapped[str] = mapped_column(String(50), default="", index=True)
    sex: Mapped[str] = mapped_column(String(2))
    birth: Mapped[date | None]
    id_type: Mapped[str] = mapped_column(String(20), default="居民身份证")
    id_number: Mapped[str | None] = mapped_column(Encrypted("member.id_number"))
    id_index: Mapped[str | None] = mapped_column(Blind(ID_NUMBER), index=True)
    id_last_four: Mapped[str | None] = mapped_column(Blind("id_last_four"), index=True)
    relation: Mapped[str] = mapped_column(String(20))
    ethnicity: Mapped[str] = mapped_column(String(20), default="")
    politics: Mapped[str] = mapped_column(String(20), default="")
    education: Mapped[str] = mapped_column(String(20), default="")
    student: Mapped[str] = mapped_column(String(20), default="")
    """在校生状况; exactly one of this and `education` is filled"""
    health: Mapped[list[str]] = mapped_column(JSON, default=list)
    disability: Mapped[str] = mapped_column(String(40), default="")
    """残疾类别"""
    labour: Mapped[str] = mapped_column(String(20), default="")
    """劳动技能: 普通劳动力, 技能劳动力, 弱劳动力或半劳动力, 丧失劳动力, 无劳动力"""
    work_place: Mapped[str] = mapped_column(String(50), default="")
    work_months: Mapped[int | None] = mapped_column(Integer)
    medical_insurance: Mapped[str] = mapped_column(String(10), default="")
    """城乡居民, 城镇职工, 未参加"""
    pension: Mapped[str] = mapped_column(String(10), default="")
    low_income_relief: Mapped[bool] = mapped_column(default=False)
    """享受低保"""
    destitute: Mapped[bool] = mapped_column(default=False)
    """特困供养"""
    phone: Mapped[str | None] = mapped_column(Encrypted("member.phone"))
    phone_index: Mapped[str | None] = mapped_column(Blind(PHONE), index=True)
    left_on: Mapped[date | None]
    left_because: Mapped[str] = mapped_column(String(50), default="")

    household: Mapped[Household] = relationship(back_populates="members")

    @validates("id_number")
    def _index_id_number(self, _name: str, number: str | None) -> str | None:
        self.id_index = number
        self.id_last_four = number[-4:] if number else None
        return number

    @validates("phone")
    def _index_phone(self, _name: str, phone: str | None) -> str | None:
        self.phone_index = phone
        return phone


class DoubtConfirmed(Fact, Base):
    """A doubt (`registry.checks`) about a household that somebody looked into and found to be none."""

    __tablename__ = "doubt_confirmed"

    household_key: Mapped[int] = mapped_column(ForeignKey("household.key"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
