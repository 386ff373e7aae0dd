"""Flat OpenDocument files with a word in every place, for LibreOffice to write in other formats."""

from __future__ import annotations

_NAMES = " ".join(
    f'xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{n}"'
    for p, n in (
        ("office", "office:1.0"),
        ("style", "style:1.0"),
        ("text", "text:1.0"),
        ("table", "table:1.0"),
        ("draw", "drawing:1.0"),
        ("svg", "svg-compatible:1.0"),
        ("meta", "meta:1.0"),
        ("fo", "xsl-fo-compatible:1.0"),
        ("number", "datastyle:1.0"),
        ("presentation", "presentation:1.0"),
        ("of", "of:1.2"),
    )
)
_MORE = 'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3"'
_META = (
    "<office:meta><dc:title>toktitle</dc:title><dc:subject>toksubject</dc:subject></office:meta>"
)


def _document(kind: str, styles: str, body: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_NAMES} {_MORE} '
        f'office:mimetype="application/vnd.oasis.opendocument.{kind}">{_META}{styles}<office:body>{body}</office:body></office:document>'
    )


TEXT = _document(
    "text",
    '<office:styles><style:style style:name="Standard" style:family="paragraph"/></office:styles>'
    '<office:automatic-styles><style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'
    '<style:page-layout style:name="L"><style:header-style/><style:footer-style/></style:page-layout></office:automatic-styles>'
    '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="L">'
    "<style:header><text:p>tokheader</text:p></style:header><style:footer><text:p>tokfooter</text:p></style:footer>"
    "</style:master-page></office:master-styles>",
    "<office:text><text:tracked-changes>"
    '<text:changed-region text:id="c1"><text:deletion><office:change-info><dc:creator>A</dc:creator><dc:date>2026-01-01T00:00:00</dc:date>'
    "</office:change-info><text:p> tokdeleted </text:p></text:deletion></text:changed-region>"
    '<text:changed-region text:id="c2"><text:insertion><office:change-info><dc:creator>A</dc:creator><dc:date>2026-01-01T00:00:00</dc:date>'
    "</office:change-info></text:insertion></text:changed-region></text:tracked-changes>"
    '<text:p text:style-name="Standard">tokbody and tok<text:span text:style-name="B">split</text:span>run</text:p>'
    '<text:p text:style-name="Standard">before<text:tab/>toktab<text:line-break/>tokbreak '
    "<office:annotation><dc:creator>A</dc:creator><text:p>tokcomment</text:p></office:annotation></text:p>"
    '<text:p text:style-name="Standard"><text:change-start text:change-id="c2"/>tokinserted<text:change-end text:change-id="c2"/> x '
    '<text:change text:change-id="c1"/> y <text:span text:style-name="H">tokhidden</text:span> z</text:p>'
    '<text:p text:style-name="Standard">note<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
    "<text:note-body><text:p>tokfootnote</text:p></text:note-body></text:note> "
    '<text:a xlink:type="simple" xlink:href="mailto:toklink@example.org">shown</text:a></text:p>'
    '<text:p text:style-name="Standard"><draw:frame text:anchor-type="paragraph" svg:width="5cm" svg:height="2cm"><draw:text-box>'
    "<text:p>tokbox</text:p></draw:text-box></draw:frame>after the box</text:p>"
    '<table:table table:name="T"><table:table-column table:number-columns-repeated="2"/>'
    "<table:table-row><table:table-cell><text:p>tokcell1</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row>"
    "<table:table-row><table:table-cell><text:p>c</text:p></table:table-cell><table:table-cell><text:p>tokcell2</text:p></table:table-cell></table:table-row>"
    "</table:table></office:text>",
)
TEXT_WORDS = (
    "tokbody toksplitrun toktab tokbreak tokcomment tokinserted tokdeleted tokhidden tokfootnote toklink "
    "tokbox tokcell1 tokcell2 tokheader tokfooter toktitle toksubject"
).split()

SHEET = _document(
    "spreadsheet",
    "<office:styles/><office:automatic-styles>"
    '<number:date-style style:name="D1"><number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/>'
    '<number:text>/</number:text><number:year number:style="long"/></number:date-style>'
    '<number:number-style style:name="N1"><number:number number:min-integer-digits="11" number:decimal-places="0"/></number:number-style>'
    '<style:style style:name="ceD" style:family="table-cell" style:data-style-name="D1"/>'
    '<style:style style:name="ceN" style:family="table-cell" style:data-style-name="N1"/>'
    '<style:style style:name="taH" style:family="table"><style:table-properties table:display="false"/></style:style>'
    '<style:page-layout style:name="L"><style:header-style/></style:page-layout></office:automatic-styles>'
    '<office:master-styles><style:master-page style:name="Default" style:page-layout-name="L"><style:header><text:p>tokheader</text:p></style:header>'
    "</style:master-page></office:master-styles>",
    '<office:spreadsheet><table:table table:name="tokname"><table:table-row>'
    '<table:table-cell office:value-type="string"><text:p>Surname</text:p></table:table-cell>'
    '<table:table-cell office:value-type="string"><text:p>Born</text:p></table:table-cell>'
    '<table:table-cell office:value-type="string"><text:p>Phone</text:p></table:table-cell></table:table-row><table:table-row>'
    '<table:table-cell office:value-type="string"><office:annotation><text:p>tokcomment</text:p></office:annotation><text:p>tokcell</text:p></table:table-cell>'
    '<table:table-cell table:style-name="ceD" office:value-type="date" office:date-value="2012-03-04"><text:p>04/03/2012</text:p></table:table-cell>'
    '<table:table-cell table:style-name="ceN" office:value-type="float" office:value="7700900123"><text:p>07700900123</text:p></table:table-cell>'
    '</table:table-row><table:table-row table:visibility="collapse"><table:table-cell office:value-type="string"><text:p>tokhiddenrow</text:p></table:table-cell>'
    '<table:table-cell table:formula="of:=&quot;tok&quot;&amp;&quot;formula&quot;" office:value-type="string" office:string-value="tokformula"><text:p>tokformula</text:p></table:table-cell>'
    '</table:table-row></table:table><table:table table:name="other" table:style-name="taH"><table:table-row>'
    '<table:table-cell office:value-type="string"><text:p>tokhiddensheet</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>',
)
SHEET_WORDS = "tokcell tokcomment tokhiddenrow tokhiddensheet tokformula tokheader toktitle 2012-03-04".split()

SLIDES = _document(
    "presentation",
    '<office:styles/><office:automatic-styles><style:page-layout style:name="P"/></office:automatic-styles>'
    '<office:master-styles><style:master-page style:name="M" style:page-layout-name="P"/></office:master-styles>',
    '<office:presentation><draw:page draw:name="one" draw:master-page-name="M">'
    '<draw:frame presentation:class="title" svg:width="20cm" svg:height="3cm"><draw:text-box><text:p>tokslide</text:p></draw:text-box></draw:frame>'
    '<draw:frame svg:y="4cm" svg:width="20cm" svg:height="3cm"><draw:text-box><text:p>tokbody</text:p></draw:text-box></draw:frame>'
    '<office:annotation svg:x="1cm" svg:y="1cm"><dc:creator>A</dc:creator><dc:date>2026-01-01T00:00:00</dc:date><text:p>tokcomment</text:p></office:annotation>'
    '<presentation:notes><draw:frame presentation:class="notes" svg:width="10cm" svg:height="10cm"><draw:text-box><text:p>toknotes</text:p></draw:text-box></draw:frame></presentation:notes>'
    "</draw:page></office:presentation>",
)
SLIDE_WORDS = "tokslide tokbody tokcomment toknotes toktitle".split()
