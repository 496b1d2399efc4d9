"""Reading XML that nobody vouches for: no DOCTYPE, no entities, no network, bounded in size and depth."""

from __future__ import annotations

from lxml import etree

from engine.findings import Rule, rule

LARGEST = 8 * 1024 * 1024
DEEPEST = 100

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
NAMES = {"bpmn": BPMN, "bpmndi": BPMNDI, "dc": DC, "zeebe": ZEEBE}

TOO_LARGE = rule("xml_too_large", "文件太大：{size} 字节，最多 {largest} 字节")
NOT_XML = rule("xml_malformed", "文件不是完好的 XML：第 {line} 行第 {column} 列读不下去")
DOCTYPE = rule("xml_doctype", "文件含有 DOCTYPE 声明，不予读取")
TOO_DEEP = rule("xml_too_deep", "XML 嵌套超过 {deepest} 层")
NOT_BPMN = rule("xml_not_bpmn", "文件不是 BPMN 2.0 图（根元素应为 definitions）")


class Unreadable(Exception):
    """The file cannot be read at all; `rule` and `params` say why."""

    def __init__(self, why: Rule, **params: object) -> None:
        super().__init__(why.name)
        self.rule = why
        self.params = params


def parse(data: bytes) -> etree._Element:
    """The root element of a BPMN file. Unreadable."""
    root = parse_any(data)
    if root.tag != f"{{{BPMN}}}definitions":
        raise Unreadable(NOT_BPMN)
    return root


def parse_any(data: bytes) -> etree._Element:
    """The root element of any XML file. Unreadable."""
    if len(data) > LARGEST:
        raise Unreadable(TOO_LARGE, size=len(data), largest=LARGEST)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line, column = getattr(error, "position", (1, 1))
        raise Unreadable(NOT_XML, line=line, column=column) from error
    if root.getroottree().docinfo.doctype:
        raise Unreadable(DOCTYPE)
    _check_depth(root)
    return root


def _check_depth(root: etree._Element) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise Unreadable(TOO_DEEP, deepest=DEEPEST)


def local(node: etree._Element) -> str:
    """A tag without its namespace."""
    return etree.QName(node).localname


def child(node: etree._Element, name: str, namespace: str = BPMN) -> etree._Element | None:
    """The first direct child of that name."""
    return node.find(f"{{{namespace}}}{name}")


def text_of(node: etree._Element | None) -> str | None:
    """An element's text, trimmed; None when there is none."""
    return None if node is None else ("".join(node.itertext()).strip() or None)
