"""The report as one file: well formed, closed in itself, escaped, complete, the same twice."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from support.made_up_trial import made_up_trial, settled_protocol
from trialwright.core.display import Table, patient_anchor
from trialwright.endpoints.catalogue import analyze_endpoints
from trialwright.endpoints.depth_of_response import describe_depth_of_response
from trialwright.endpoints.disposition import describe_disposition
from trialwright.endpoints.patient_course import describe_patient_course
from trialwright.protocol.base import Finding, Source
from trialwright.protocol.settle import defaults_in_force
from trialwright.report.document import (
    Assumption,
    Headline,
    PatientPage,
    Provenance,
    ReportInput,
)
from trialwright.report.html import css_string, render_report

BANNER = "Simulated data: scenario base, seed 7"
HOSTILE = "<b>&\"'</style>/1"
VOID = {"meta", "br", "img", "link", "input", "hr", "col"}
FINDINGS = (
    Finding(
        code="origin_impossible",
        severity="error",
        path="endpoints.PFS.origin",
        message="Survival starts at randomization in one arm.",
        quote="Time from randomization",
        proposal={"analysis.os_origin": "enrolment"},
        reason="No randomization exists.",
        rule="D-03",
    ),
    Finding(code="logic_inverted", severity="error", path="treatment.until", message="Inverted."),
    Finding(code="option_open", severity="note", path="response.merge_days", message="Hidden."),
)


def _results(protocol, adam):
    return (
        describe_disposition(protocol, adam),
        *analyze_endpoints(protocol, adam),
        describe_depth_of_response(protocol, adam),
        describe_patient_course(protocol, adam),
    )


def _report(*, hostile="", patients=12):
    protocol, adam = settled_protocol(), made_up_trial(patients, hostile=hostile)
    said = Source(
        path="design.enrollment", kind="record", quote="30 <b>patients", start=340, end=351
    )
    protocol = protocol.model_copy(update={"sources": (*protocol.sources, said)})
    if hostile:
        protocol = protocol.model_copy(update={"title": hostile, "id": hostile})
    return ReportInput(
        protocol=protocol,
        results=_results(protocol, adam),
        adam=adam,
        provenance=Provenance(
            version="0.1.0",
            cutoff="2025-03-01",
            cutoff_source="scenario",
            seed=7,
            datasets=(("ADSL", "ab" * 32),),
        ),
        record_text="30 patients",
        findings=FINDINGS,
        defaults=defaults_in_force(protocol),
        assumptions=(Assumption(path="response_rate", value="0.15", source="assumption"),),
        design="The record gives no hypothesis.",
        simulated=BANNER,
    )


@pytest.fixture(scope="module")
def report():
    return _report()


@pytest.fixture(scope="module")
def html(report):
    return render_report(report)


class Page(HTMLParser):
    """Checks nesting and collects ids and links."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.problems, self.tags = [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self._seen(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self._seen(tag, attrs)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append((tag, self.getpos()))

    def _seen(self, tag, attrs):
        self.tags.append(tag)
        self.ids += [value for key, value in attrs if key == "id"]
        self.links += [value for key, value in attrs if key in {"href", "src", "xlink:href"}]


def test_the_document_is_well_formed_and_closed_in_itself(html):
    page = Page(html)
    assert page.problems == []
    assert page.open == []
    assert "script" not in page.tags
    assert not {"link", "img", "iframe", "object"} & set(page.tags)
    assert "http" not in html
    assert "@import" not in html


def test_every_link_leads_somewhere_and_ids_are_unique(html):
    page = Page(html)
    assert len(page.ids) == len(set(page.ids))
    assert len(page.links) > 50
    assert {link for link in page.links if link.lstrip("#") not in page.ids} == set()


def test_the_same_input_gives_the_same_bytes_in_any_order_of_rows(report, html):
    assert render_report(report) == html
    turned = replace(
        report.adam, datasets={n: f.reverse() for n, f in report.adam.datasets.items()}
    )
    again = replace(report, adam=turned, results=_results(report.protocol, turned))
    assert render_report(again) == html


def test_hostile_text_stays_text():
    html = render_report(replace(_report(hostile=HOSTILE), simulated=f"{BANNER}<b>"))
    page = Page(html)
    assert page.problems == []
    assert "b" not in page.tags
    assert html.count("</style>") == 1
    assert f'id="{patient_anchor(HOSTILE)}"' in html
    assert {link for link in page.links if link.lstrip("#") not in page.ids} == set()


def test_the_banner_stands_on_every_table_and_figure(html):
    exhibits = re.split(r'<(?:section|figure) class="exhibit', html)[1:]
    assert len(exhibits) > 40
    bare = [one for one in exhibits if f'<span class="simulated">{BANNER}</span>' not in one]
    assert [re.search(r'<p class="name">.*</p>', one)[0].endswith("Schedule of activities</p>")
            for one in bare] == [True]  # fmt: skip
    drawings = [part.split("</svg>")[0] for part in html.split("<svg")[1:]]
    assert len(drawings) >= 6
    assert all(BANNER in drawing for drawing in drawings)


def test_the_plan_is_no_data_and_names_its_sources(html):
    table = next(one for one in html.split("<section ") if "Schedule of activities</p>" in one)
    assert BANNER not in table
    assert "cut-off" not in table
    head, *rows = re.findall(r"<tr[ >].*?</tr>", table, re.DOTALL)
    assert re.findall(r">([^<]+)</th>", head)[-1] == "Source"
    sources = [re.findall(r"<td[^>]*>([^<]*)</td>", row)[-1] for row in rows]
    assert set(sources) <= {"", "record", "inferred", "default", "user"}
    assert sources[:2] == ["", ""]
    assert all(sources[2:])


def test_collected_data_carry_no_banner(report):
    assert "Simulated" not in render_report(replace(report, simulated="", assumptions=()))


def test_every_default_in_force_is_listed_with_its_rule(report, html):
    table = html[html.index("Defaults in force") :]
    table = table[: table.index("</table>")]
    assert len(report.defaults) > 40
    assert all(f">{source.path}</td>" in table for source in report.defaults)
    assert "at most 28 days before first dose" in table
    assert '<span class="id">R-012</span>' in table


def test_findings_stand_with_quote_decision_and_reason(html):
    question = html[html.index("Survival starts at randomization") :]
    question = question[: question.index("</article>")]
    assert "<blockquote>Time from randomization</blockquote>" in question
    assert "enrolment" in question
    assert "default of the program" in question
    assert "No randomization exists." in question
    assert "Left open: nobody has decided this." in html
    assert "Hidden." not in html


def test_the_words_of_the_record_stand_beside_the_fact(html):
    assert "\u201c30 &lt;b&gt;patients\u201d" in html
    assert "340\u2013351" in html


def test_every_subject_has_a_section_with_lesions_responses_and_times(report, html):
    for name in report.adam["ADSL"]["USUBJID"].to_list():
        start = html.index(f'id="{patient_anchor(name)}"')
        end = html.find('<h3 id="patient-', start + 1)
        section = html[start : end if end > 0 else None]
        assert "Lesions by time point" in section
        assert "Times to event" in section


def test_a_patient_page_shows_measurements_margin_and_rules(html):
    """Patient 003 of the made-up trial: stable, then PD with the margin in the sentence."""
    section = html[html.index('id="patient-TW-01_2f_003"') :]
    section = section[: section.index('<h3 id="patient-', 1)]
    for words in ("Sum of diameters", "% from baseline", "PD by 4.3 mm", "R-051", "C-01", "RS 4"):
        assert words in section


def test_explanations_replace_the_best_responses_but_repeat_no_table(report):
    reason = report.adam["ADRS"].row(0, named=True)["REASON"]
    page = PatientPage(
        usubjid="TW-01/001",
        headline="Read with care.",
        rows=(("Week 8", f"SD: {reason} [R-033]"), ("Best response", "PR because of T01.")),
    )
    html = render_report(replace(report, patients=(page,)))
    section = html[html.index('id="patient-TW-01_2f_001"') :]
    section = section[: section.index('<h3 id="patient-', 1)]
    assert "Read with care." in section
    assert "PR because of T01." in section
    assert "<dt>Week 8</dt>" not in section
    assert "Best response, confirmed" not in section


def test_headlines_put_the_primary_endpoint_first(html, report):
    """5 of the 12 courses respond (001, 002, 010, 011, 012); Clopper-Pearson 15.2 to 72.3 %."""
    labels = re.findall(r'<p class="label">([^<]*)', html)
    names = [label.strip() for label in labels]
    assert names[:3] == [
        "Objective response rate, Colorectal",
        "Objective response rate, Gastric",
        "Objective response rate, all cohorts",
    ]
    assert "5 of 12 treated; 95 % CI 15.2 to 72.3 %" in html
    given = (Headline(label="Late", value="2"), Headline(label="First", value="1", primary=True))
    other = render_report(replace(report, headlines=given))
    assert other.index("First") < other.index("Late")


def test_what_is_missing_is_simply_absent(report):
    bare = replace(
        report, results=(), findings=(), defaults=(), assumptions=(), design=None, record_text=None
    )
    html = render_report(bare)
    assert Page(html).problems == []
    assert "<svg" not in html
    for chapter in ("Design", "Response", "Safety"):
        assert f"</span> {chapter}</h2>" not in html


def test_cohorts_stand_below_all_patients(html):
    chapter = html[html.index("</span> Response</h2>") :]
    chapter = chapter[: chapter.index("</span> Time to event</h2>")]
    heads = re.findall(r"<h3 [^>]*>([^<]+)", chapter)
    assert [head.strip() for head in heads] == ["All patients", "Colorectal", "Gastric"]


def test_unused_records_and_queries_are_listed(html):
    assert "partial scan date 2023-05" in html
    assert "baseline scan 31 days before first dose" in html


def test_results_with_unknown_keys_are_not_lost(report):
    class Odd:
        key = "SOMETHING_ELSE"

        def table(self):
            return Table(title="An odd result", rows=(("a", "1"),))

        def to_json(self):
            return {}

    html = render_report(replace(report, results=(Odd(),)))
    assert "An odd result" in html


@pytest.mark.parametrize("text", ['"; } body { display: none', "\\", "\n", "</style>", "肝"])
def test_a_css_string_holds_nothing_that_ends_it(text):
    inner = css_string(text)[1:-1]
    assert not re.search(r'["\n<>;{}]', inner)
    decoded = re.sub(r"\\([0-9a-f]+) ", lambda m: chr(int(m.group(1), 16)), inner)
    assert decoded == text


def test_long_courses_are_split_into_tables_that_fit_on_paper(html):
    """Patient 002 has a baseline and eight time points: two tables of at most eight columns."""
    section = html[html.index('id="patient-TW-01_2f_002"') :]
    section = section[: section.index('<h3 id="patient-', 1)]
    assert "Lesions by time point (mm), time points 0 to 7" in section
    assert "Lesions by time point (mm), time points 8 to 8" in section
