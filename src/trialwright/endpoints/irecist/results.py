"""Results by iRECIST beside those by RECIST 1.1, when the protocol names it (R-092 to R-095)."""

from __future__ import annotations

import polars as pl

from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.irecist.beyond import count_beyond_progression
from trialwright.endpoints.irecist.response import estimate_immune_response
from trialwright.endpoints.irecist.times import estimate_immune_time
from trialwright.endpoints.population import subsets
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import named_criteria

_RESULTS = (estimate_immune_response, estimate_immune_time, count_beyond_progression)


def analyze_immune(protocol: Protocol, adam: Adam) -> tuple[Result, ...]:
    """Every result by iRECIST, for all subjects and for each cohort.

    None for a protocol that does not name iRECIST, and none from reported responses.

    Parameters
    ----------
    protocol
        Settled; its response rule or an endpoint names iRECIST.
    adam
        ADSL; ADRS with IOVR, IBOR and ICBOR; ADTTE with IPFS and IDOR.
    """
    derived = adam["ADRS"].filter(pl.col("PARAMCD") == "IBOR").height > 0
    if "iRECIST" not in named_criteria(protocol) or not derived:
        return ()
    return tuple(
        estimate(protocol, adam, subset) for estimate in _RESULTS for subset in subsets(protocol)
    )
