"""Grading in German and Spanish: made-up pairs of a copy, a rewrite, the same event, and shared quotations."""

from __future__ import annotations

import pytest

from dedup import grade

DE = """Der Stadtrat von Grauenbeck hat am Dienstagabend den Bau einer neuen Brücke über die Lauer beschlossen. Das
Bauwerk soll die gesperrte Steinbrücke aus dem Jahr 1911 ersetzen und rund 42 Millionen Kronen kosten. Nach Angaben der
Bauverwaltung beginnen die Arbeiten im kommenden Frühjahr und dauern drei Jahre. Bis dahin müssen Pendler aus den
südlichen Vororten einen Umweg von elf Kilometern fahren. Die Opposition stimmte gegen den Entwurf, weil ein Radweg
fehlt. Bürgermeisterin Helene Obermoser kündigte an, die Pläne im Herbst noch einmal öffentlich auszulegen. Die Kosten
tragen zu zwei Dritteln das Land und zu einem Drittel die Gemeinde."""
DE_REWRITE = """Am Dienstagabend beschloss der Stadtrat von Grauenbeck, eine neue Brücke über die Lauer zu bauen. Das
Bauwerk ersetzt die gesperrte Steinbrücke aus dem Jahr 1911 und kostet rund 42 Millionen Kronen. Im kommenden Frühjahr
beginnen nach Angaben der Bauverwaltung die Arbeiten, sie dauern drei Jahre. Pendler aus den südlichen Vororten müssen
bis dahin einen Umweg von elf Kilometern fahren. Gegen den Entwurf stimmte die Opposition, weil darin ein Radweg fehlt.
Händler in der Altstadt fürchten um ihre Kundschaft und wollen Hilfe vom Land."""
DE_EVENT = """Drei Jahre lang wird an der Lauer bald gebaut: Grauenbeck bekommt eine Brücke. Mit knapper Mehrheit
stellten sich die Räte hinter das Vorhaben, für das Land und Stadt gemeinsam 42 Millionen Kronen ausgeben wollen. Seit
die alte Querung wegen Rissen dicht ist, stauen sich morgens die Autos bis weit in die Vororte hinaus. Wer mit dem Rad
kommt, hat wenig davon, denn eine eigene Spur ist nicht vorgesehen. Obermoser verteidigte den Zeitplan gegen Zweifel aus
den Reihen der Grünen und der Freien Wähler."""
DE_QUOTE = """„Wir haben lange genug gewartet und können den Menschen im Süden der Stadt den täglichen Umweg nicht noch
einen weiteren Winter zumuten, deshalb bauen wir jetzt so schnell, wie es das Gesetz erlaubt“"""

ES = """El consejo municipal de Valdearena aprobó el martes por la noche la construcción de un nuevo puente sobre el
río Lauro. La obra sustituirá al puente de piedra de 1911, cerrado al tráfico desde hace dos inviernos, y costará unos
42 millones de coronas. Según la oficina de obras, los trabajos comenzarán en primavera y durarán tres años. Hasta
entonces, los vecinos de los barrios del sur tendrán que dar un rodeo de once kilómetros. La oposición votó en contra
porque el proyecto carece de un carril para bicicletas. La alcaldesa Elena Obregón anunció que los planos se expondrán
de nuevo al público en otoño. El gobierno regional pagará dos tercios del coste y el municipio el resto."""
ES_REWRITE = """El martes por la noche el consejo municipal de Valdearena aprobó construir un nuevo puente sobre el río
Lauro. La obra, que costará unos 42 millones de coronas, sustituirá al puente de piedra de 1911, cerrado al tráfico
desde hace dos inviernos. Los trabajos comenzarán en primavera y durarán tres años, según la oficina de obras. Los
vecinos de los barrios del sur tendrán que dar hasta entonces un rodeo de once kilómetros. La oposición votó en contra
del proyecto porque carece de carril para bicicletas. Los comerciantes del centro temen perder clientes
y piden ayudas para pasar los tres años."""
ES_EVENT = """Valdearena tendrá por fin otro paso sobre el Lauro. Con una mayoría ajustada, los concejales respaldaron
un plan que la región y la ciudad financiarán con 42 millones de coronas. Desde que aparecieron las grietas en la vieja
estructura, las colas de coches llegan cada mañana hasta los arrabales. Quien se mueve en bicicleta gana poco, pues
nadie ha previsto un espacio propio. Obregón defendió el calendario frente a las dudas de los ecologistas y de los
independientes, que pedían esperar al informe de los ingenieros."""
ES_QUOTE = """«Hemos esperado demasiado y no podemos pedir a la gente del sur que soporte otro invierno el mismo rodeo
de cada día, así que construiremos tan deprisa como lo permita la ley y sin una sola excusa más»"""

LANGUAGES = pytest.mark.parametrize(
    ("copy", "rewrite", "event", "quote"),
    [(DE, DE_REWRITE, DE_EVENT, DE_QUOTE), (ES, ES_REWRITE, ES_EVENT, ES_QUOTE)],
    ids=["de", "es"],
)


@LANGUAGES
def test_a_trimmed_copy_is_abridged(copy: str, rewrite: str, event: str, quote: str) -> None:
    trimmed = ". ".join(copy.replace("\n", " ").split(". ")[:3]) + "."
    result = grade(copy, trimmed)
    assert (result.grade, result.counted) == ("abridged", True)


@LANGUAGES
def test_sentences_in_another_order_of_words_are_a_rewrite(copy: str, rewrite: str, event: str, quote: str) -> None:
    result = grade(copy, rewrite)
    assert result.counted
    assert result.grade in ("rewrite", "reprint")


@LANGUAGES
def test_another_report_of_the_same_event_is_no_copy(copy: str, rewrite: str, event: str, quote: str) -> None:
    for other in (copy, rewrite):
        assert not grade(other, event).counted


@LANGUAGES
def test_a_shared_quotation_is_no_copy(copy: str, rewrite: str, event: str, quote: str) -> None:
    assert not grade(f"{copy}\n\n{quote}.", f"{event}\n\n{quote}.").counted
    assert grade(f"{copy}\n\n{quote}.", f"{event}\n\n{quote}.").shared_quotes > 20


@LANGUAGES
def test_a_copy_under_other_quotations_is_found(copy: str, rewrite: str, event: str, quote: str) -> None:
    assert grade(f"{copy}\n\n{quote}.", copy).counted
    assert grade(f"{rewrite}\n\n{quote}.", copy).counted


@LANGUAGES
def test_what_one_quotes_and_the_other_tells_is_copy(copy: str, rewrite: str, event: str, quote: str) -> None:
    mark, close = quote[0], quote[-1]
    carried = f"{event}\n\n{mark}{copy.replace(chr(10), ' ')}{close}"
    assert grade(copy, carried).counted
