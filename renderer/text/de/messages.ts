import type { Messages } from "../message.ts";

const nothingSpent = "Kein Lizenzplatz wurde belegt, der Stick ist unverändert.";
const othersGoOn = "Dafür wurde kein Lizenzplatz belegt. Die anderen Anfragen laufen weiter.";
const notWritten = "Der Lizenzplatz ist belegt und vermerkt, doch Ungeprüftes kommt nicht auf den Stick.";
const oldStateKept = "Was vorher abgeschlossen war, ist unversehrt; alles andere gilt als nicht ausgeliefert.";
const seatsRecorded = "Bisher belegte Lizenzplätze sind vermerkt, keiner wird doppelt belegt.";
const doubtStick = "Den Dateien auf diesem Stick ist so nicht zu trauen. Lizenzplätze sind nicht berührt.";

export const messages: Messages = {
  USAGE: [
    "Die Station hat diese Anfrage nicht verstanden.",
    "Es wurde nichts geändert.",
    "Die Eingabe prüfen und noch einmal versuchen.",
  ],
  INTERNAL: [
    "In der Station selbst ist ein Fehler aufgetreten.",
    "Lizenzplätze und Lieferungen bis hierher stehen im Journal; es ist nichts verloren.",
    "Noch einmal versuchen. Tritt es wieder auf, die Station neu starten und es mit den Einzelheiten unten melden.",
  ],
  CANCELLED: ["Hier wurde angehalten.", seatsRecorded, "Bei Gelegenheit wieder starten; es geht dort weiter."],
  HOME_LOCKED: [
    "Eine andere Station arbeitet schon mit diesem Datenordner.",
    nothingSpent,
    "Das offene Fenster benutzen oder die andere Station zuerst schließen.",
  ],
  STICK_LOCKED: [
    "Eine andere Station arbeitet an diesem Stick.",
    nothingSpent,
    "Warten, bis sie dort fertig ist, dann den Stick neu lesen.",
  ],
  HOME_UNREADABLE: [
    "Der Datenordner der Station ist nicht lesbar oder nicht beschreibbar.",
    "Ohne Journal geschieht nichts: kein Lizenzplatz wird belegt.",
    "Prüfen, ob die Platte Platz hat und der Ordner diesem Konto gehört, dann die Station neu starten.",
  ],
  KEYS_UNREADABLE: [
    "Die Schlüssel der Station lassen sich nicht öffnen.",
    "Ohne sie ist nichts zu signieren: kein Platz wird belegt, kein Stick beschrieben.",
    "Schlüsselspeicher entsperren oder die richtige Passphrase eingeben. Eine beschädigte Schlüsseldatei aus der Sicherung holen.",
  ],
  SECRET_MISSING: [
    "Ein nötiges Geheimnis ist hier nicht gespeichert.",
    nothingSpent,
    "Den API-Schlüssel in den Einstellungen oder den Lizenzschlüssel unter Gerätelizenzen eingeben.",
  ],

  REQUEST_EMPTY: ["Die Anfragedatei ist leer.", othersGoOn, "Den Fingerabdruck am Gerät neu exportieren."],
  REQUEST_TOO_LARGE: [
    "Die Anfragedatei ist größer, als eine Anfrage sein kann.",
    othersGoOn,
    "Nachsehen, was das für eine Datei ist. Eine Anfrage hat unter 64 KiB, eine Liste unter 8 MiB.",
  ],
  REQUEST_ENCODING: [
    "Die Anfrage ist kein sauberer UTF-8-Text.",
    othersGoOn,
    "Am Gerät neu exportieren und nicht in einer Textverarbeitung öffnen.",
  ],
  REQUEST_NAME_ENCODING: [
    "Der Dateiname ist kein lesbarer Text.",
    othersGoOn,
    "Die Datei mit einfachen Buchstaben benennen.",
  ],
  REQUEST_NOT_A_FILE: [
    "Wo eine Anfrage sein sollte, steht ein Verweis oder eine Sonderdatei.",
    othersGoOn,
    "Die Anfragedatei selbst auf den Stick legen.",
  ],
  REQUEST_UNREADABLE: [
    "Die Anfragedatei war nicht zu lesen.",
    othersGoOn,
    "Noch einmal auf den Stick kopieren. Misslingt es wieder, einen anderen Stick nehmen.",
  ],
  REQUEST_SYNTAX: [
    "Die Anfrage hat nicht die Form, die ihr Name verspricht.",
    othersGoOn,
    "Neu exportieren oder die Liste in der genannten Zeile berichtigen.",
  ],
  REQUEST_DUPLICATE_MEMBER: [
    "Die Anfrage nennt dieselbe Angabe zweimal.",
    othersGoOn,
    "Eine von beiden entfernen, damit klar ist, welche gilt.",
  ],
  REQUEST_TOO_DEEP: ["Die Anfrage ist tiefer verschachtelt als jede echte.", othersGoOn, "Am Gerät neu exportieren."],
  REQUEST_SHAPE: [
    "In der Anfrage fehlt etwas oder ist von falscher Art.",
    othersGoOn,
    "Neu exportieren. Nötig ist mindestens der Fingerabdruck als Text.",
  ],
  REQUEST_FORMULA: [
    "Eine Zelle der Liste würde in einer Tabellenkalkulation als Formel laufen.",
    othersGoOn,
    "Klären, wer diese Liste geschrieben hat, dann die Zelle durch einfachen Text ersetzen.",
  ],
  FINGERPRINT_LENGTH: [
    "Der Fingerabdruck ist zu kurz oder zu lang.",
    othersGoOn,
    "Ein Fingerabdruck hat 8 bis 255 Bytes. Am Gerät neu exportieren.",
  ],
  FINGERPRINT_CHARACTERS: [
    "Der Fingerabdruck enthält unsichtbare Zeichen oder Leerraum am Rand.",
    othersGoOn,
    "Am Gerät neu exportieren, statt von Hand zu kopieren.",
  ],
  NAME_CHARACTERS: [
    "Der Gerätename ist zu lang oder enthält unsichtbare Zeichen.",
    othersGoOn,
    "Dem Gerät einen einfachen Namen geben und die Anfrage neu exportieren.",
  ],
  TOO_MANY_REQUESTS: [
    "Auf dem Stick sind mehr Anfragen, als ein Stick haben darf.",
    nothingSpent,
    "Auf mehrere Sticks verteilen: je höchstens 100.000.",
  ],
  TOO_MANY_ENTRIES: [
    "Ein Ordner auf dem Stick enthält zu viele Dateien.",
    "Für seinen Inhalt wurde kein Lizenzplatz belegt. Andere Ordner werden gelesen.",
    "Die Anfragen in einen Ordner mit höchstens 20.000 Einträgen legen.",
  ],
  TOO_DEEP_FOLDER: [
    "Unterhalb des dritten Ordners liegen Anfragedateien.",
    othersGoOn,
    "Weiter nach oben legen: drei Ordner tief sucht die Station.",
  ],
  NO_REQUESTS: [
    "Auf dem Stick ist keine brauchbare Anfrage.",
    nothingSpent,
    "Prüfen, ob die Geräte auf diesen Stick exportiert haben und ob es der richtige ist.",
  ],
  CONFLICT_UNDECIDED: [
    "Namen und Fingerabdrücke widersprechen sich.",
    nothingSpent,
    "In der Prüfung entscheiden: die Geräte auslassen oder so annehmen.",
  ],
  CONFLICT_SKIPPED: [
    "Das Gerät wurde ausgelassen, weil sich seine Anfragen widersprechen.",
    "Dafür wurde kein Lizenzplatz belegt.",
    "Die Anfrage berichtigen und mit dem nächsten Stick ausstatten.",
  ],
  PRODUCT_UNEXPECTED: [
    "Die Anfrage gilt einem anderen Produkt als diese Charge.",
    othersGoOn,
    "In einer eigenen Charge mit diesem Produkt ausstatten.",
  ],

  POLICY_TTL: [
    "Die Laufzeit liegt außerhalb des Erlaubten.",
    nothingSpent,
    "Unter Lizenzen 1 bis 3.650 ganze Tage wählen.",
  ],
  POLICY_GRACE: ["Die Nachfrist liegt außerhalb des Erlaubten.", nothingSpent, "0 bis 30 ganze Tage wählen."],
  POOL_EMPTY: [
    "Kein Lizenzschlüssel dieses Pools hat einen freien Platz.",
    "Das Gerät bekam keinen. Die Geräte davor sind erledigt.",
    "Dem Pool einen Schlüssel geben oder Plätze freimachen, dann Fehlgeschlagenes erneut versuchen.",
  ],
  LICENSE_KEY_MISSING: [
    "Für dieses Gerät ist kein Lizenzschlüssel bekannt.",
    "Dafür wurde kein Lizenzplatz belegt.",
    "Für den Auftrag einen Pool wählen oder den Schlüssel in die Liste schreiben.",
  ],
  LICENSE_KEY_INVALID: [
    "Der Lizenzschlüssel hat keine Form, die ein Server kennen könnte.",
    "Mit ihm wurde kein Platz belegt.",
    "Den Schlüssel neu eingeben, ohne Leerzeichen am Rand.",
  ],

  API_UNREACHABLE: [
    "Der Lizenzserver hat nicht geantwortet.",
    seatsRecorded,
    "Netz, Proxy und API-Adresse prüfen, dann die Charge abschließen.",
  ],
  API_TIMEOUT: [
    "Der Lizenzserver hat zu lange gebraucht.",
    `${seatsRecorded} Ein vielleicht belegter Platz wird beim nächsten Versuch wiedergefunden.`,
    "Kurz warten, dann die Charge abschließen.",
  ],
  API_RATE_LIMITED: [
    "Der Lizenzserver verlangt anhaltend weniger Anfragen.",
    seatsRecorded,
    "Einige Minuten warten, dann erneut versuchen. Ist das üblich, eine höhere Grenze verlangen.",
  ],
  API_FAILED: [
    "Der Lizenzserver hat einen eigenen Fehler.",
    seatsRecorded,
    "Kurz warten, dann Fehlgeschlagenes erneut versuchen. Bleibt es, dem Lizenzdienst melden.",
  ],
  API_REDIRECT: [
    "Der Lizenzserver verweist auf eine andere Adresse; dem folgt die Station nie.",
    "Kein Lizenzplatz wurde belegt.",
    "In den Einstellungen die wirkliche API-Adresse des Servers eingeben.",
  ],
  API_MALFORMED: [
    "Die Antwort des Lizenzservers war nicht zu verstehen.",
    "Nichts davon wurde verwendet oder geschrieben.",
    "Die API-Adresse prüfen. Stimmt sie, dem Lizenzdienst melden.",
  ],
  API_TOO_LARGE: [
    "Die Antwort des Lizenzservers ist viel zu groß.",
    "Nichts davon wurde verwendet oder geschrieben.",
    "Prüfen, ob die API-Adresse zum Lizenzserver gehört.",
  ],
  API_WRONG_IDENTITY: [
    "Der Server hat für ein anderes Gerät, eine andere Lizenz oder ein anderes Produkt geantwortet.",
    "Die Antwort wurde verworfen und nichts geschrieben. Der Platz kann belegt sein.",
    "Das Gerät erneut versuchen. Geschieht es wieder, anhalten und dem Lizenzdienst melden.",
  ],
  API_URL_INVALID: [
    "Die API-Adresse ist nicht brauchbar.",
    nothingSpent,
    "In den Einstellungen eine HTTPS-Adresse eingeben. Einfaches HTTP gilt nur auf diesem Rechner.",
  ],
  API_UNAUTHORIZED: [
    "Der Lizenzserver nimmt den API-Schlüssel nicht an.",
    "Seitdem wurde kein Lizenzplatz belegt.",
    "In den Einstellungen den richtigen API-Schlüssel eingeben und die Verbindung prüfen.",
  ],
  API_FORBIDDEN: [
    "Der API-Schlüssel darf das nicht.",
    "Seitdem wurde kein Lizenzplatz belegt.",
    "Einen Schlüssel verlangen, der Geräte aktivieren und Lizenzdateien ausstellen darf.",
  ],
  API_REFUSED: [
    "Der Lizenzserver hat die Anfrage abgelehnt.",
    "Für dieses Gerät wurde kein Platz belegt.",
    "Die Einzelheiten unten lesen und berichtigen, was der Server nennt.",
  ],
  PRODUCT_NOT_FOUND: [
    "Der Lizenzserver kennt dieses Produkt nicht.",
    "Kein Lizenzplatz wurde belegt.",
    "Den Kurznamen des Produkts unter Gerätelizenzen prüfen.",
  ],
  PRODUCT_MISMATCH: [
    "Die Lizenz gehört zu einem anderen Produkt.",
    "Kein Lizenzplatz wurde belegt.",
    "Das Produkt wählen, für das die Lizenz verkauft wurde.",
  ],
  LICENSE_NOT_FOUND: [
    "Der Lizenzserver kennt diesen Lizenzschlüssel nicht.",
    "Mit ihm wurde kein Platz belegt.",
    "Den Schlüssel an seiner Quelle prüfen und neu eingeben.",
  ],
  LICENSE_EXPIRED: [
    "Die Lizenz ist abgelaufen.",
    "Neue Plätze gibt es nicht. Ausgestellte Dateien gelten bis zu ihrem eigenen Ende.",
    "Die Lizenz erneuern, dann Fehlgeschlagenes erneut versuchen.",
  ],
  LICENSE_SUSPENDED: [
    "Die Lizenz ist ausgesetzt.",
    "Neue Plätze gibt es nicht. Ausgestellte Dateien gelten bis zu ihrem eigenen Ende.",
    "Beim Lizenzdienst nach dem Grund fragen, dann Fehlgeschlagenes erneut versuchen.",
  ],
  LICENSE_REVOKED: [
    "Die Lizenz ist widerrufen.",
    "Mit ihr gibt es nie mehr neue Plätze. Ausgestellte Dateien gelten bis zu ihrem eigenen Ende.",
    "Einen anderen Lizenzschlüssel nehmen.",
  ],
  LICENSE_NOT_ACTIVE: [
    "Die Lizenz ist nicht aktiv.",
    "Kein Lizenzplatz wurde belegt.",
    "Beim Lizenzdienst aktivieren lassen, dann Fehlgeschlagenes erneut versuchen.",
  ],
  LICENSE_NOT_STARTED: [
    "Die Lizenz hat noch nicht begonnen.",
    "Kein Lizenzplatz wurde belegt.",
    "Ihren ersten Tag abwarten oder einen anderen Lizenzschlüssel nehmen.",
  ],
  SEAT_LIMIT_EXCEEDED: [
    "Die Lizenz hat keinen freien Platz.",
    "Dieses Gerät bekam keinen. Die Geräte davor sind erledigt.",
    "Einen Platz freimachen, mehr kaufen oder dem Pool einen Schlüssel geben, dann erneut versuchen.",
  ],
  DEVICE_NOT_ACTIVATED: [
    "Das Gerät hat keinen Lizenzplatz mehr.",
    "Dafür wurde keine Datei ausgestellt.",
    "Erneut versuchen: die Station aktiviert es wieder und belegt dabei einen Platz.",
  ],
  SIGNING_KEY_UNKNOWN: [
    "Die Datei ist mit einem Schlüssel signiert, den hier niemand kennt.",
    notWritten,
    "Vor dem Weitermachen den Lizenzdienst nach seinen Signaturschlüsseln fragen.",
  ],
  SIGNING_KEY_CHANGED: [
    "Der Signaturschlüssel des Servers ist nicht der hier vermerkte.",
    "Die Charge wartet, es wird nichts mehr verbraucht. Geräte im Feld nehmen Dateien unter dem neuen Schlüssel vielleicht nicht an.",
    "Den Schlüssel auf anderem Weg mit dem Lizenzdienst vergleichen. Erst dann annehmen und die Charge abschließen.",
  ],

  CREDENTIAL_TOO_LARGE: [
    "Die Lizenzdatei ist größer, als ein Gerät sie annimmt.",
    notWritten,
    "Erneut versuchen. Bleibt es, dem Lizenzdienst melden.",
  ],
  CREDENTIAL_FORMAT: [
    "Die Lizenzdatei hat nicht ihre genaue Form.",
    notWritten,
    "Erneut versuchen. Kam die Datei von anderswo, sie unbearbeitet neu holen.",
  ],
  CREDENTIAL_ALGORITHM: [
    "Die Lizenzdatei ist auf eine Art signiert, die Geräte nicht kennen.",
    notWritten,
    "Den Lizenzdienst nach seinem Verfahren fragen.",
  ],
  CREDENTIAL_PUBLIC_KEY: [
    "Der Signaturschlüssel ist nicht brauchbar.",
    notWritten,
    "Den Schlüssel beim Lizenzdienst neu holen: 32 Bytes in Standard-Base64.",
  ],
  CREDENTIAL_SIGNATURE: [
    "Die Signatur der Lizenzdatei ist falsch.",
    notWritten,
    "Erneut versuchen. Bleibt es, ändert vielleicht jemand Dateien unterwegs: anhalten und melden.",
  ],
  CREDENTIAL_DECRYPTION: [
    "Die Lizenzdatei öffnet sich nicht mit diesem Lizenzschlüssel und Fingerabdruck.",
    notWritten,
    "Prüfen, ob beide wirklich zu diesem Gerät gehören, dann erneut versuchen.",
  ],
  CREDENTIAL_PAYLOAD: [
    "Der Inhalt der Lizenzdatei ist nicht, wie er sein soll.",
    notWritten,
    "Erneut versuchen. Bleibt es, dem Lizenzdienst melden.",
  ],
  CREDENTIAL_CLAIMS: [
    "Die Angaben der Lizenzdatei widersprechen sich.",
    notWritten,
    "Erneut versuchen. Bleibt es, dem Lizenzdienst melden.",
  ],
  CREDENTIAL_INCLUDED_LICENSE: [
    "Die Lizenz in der Lizenzdatei widerspricht ihr oder ist nicht aktiv.",
    notWritten,
    "Den Zustand der Lizenz auf dem Server prüfen, dann erneut versuchen.",
  ],
  CREDENTIAL_PRODUCT_MISMATCH: [
    "Die Lizenzdatei gilt einem anderen Produkt.",
    notWritten,
    "Das Produkt des Auftrags prüfen, dann erneut versuchen.",
  ],
  CREDENTIAL_LICENSE_MISMATCH: [
    "Die Lizenzdatei gilt einem anderen Lizenzschlüssel.",
    notWritten,
    "Prüfen, welchen Schlüssel dieses Gerät haben soll, dann erneut versuchen.",
  ],
  CREDENTIAL_FINGERPRINT_MISMATCH: [
    "Die Lizenzdatei gilt einem anderen Gerät.",
    notWritten,
    "Dieses Gerät mit seiner eigenen Anfrage erneut versuchen.",
  ],
  CREDENTIAL_ACTIVATION_MISMATCH: [
    "Die Lizenzdatei gehört zu einer anderen Aktivierung dieses Geräts.",
    notWritten,
    "Erneut versuchen: die neueste Aktivierung gilt.",
  ],
  CREDENTIAL_CLOCK: [
    "Die Lizenzdatei wurde in der Zukunft dieser Uhr ausgestellt.",
    notWritten,
    "Die Uhr dieses Rechners stellen, dann erneut versuchen.",
  ],
  CREDENTIAL_NOT_YET_VALID: [
    "Die Lizenzdatei gilt noch nicht.",
    notWritten,
    "Die Uhr dieses Rechners prüfen. Geht sie richtig, den Beginn der Datei abwarten.",
  ],
  CREDENTIAL_EXPIRED: [
    "Die Lizenzdatei ist abgelaufen.",
    "Das Gerät nimmt sie nicht mehr an. Sein Lizenzplatz bleibt.",
    "Die Datei neu ausstellen; das belegt keinen Platz.",
  ],
  CREDENTIAL_LICENSE_EXPIRED: [
    "Die Lizenz in der Lizenzdatei ist abgelaufen.",
    "Das Gerät nimmt sie nicht mehr an. Sein Lizenzplatz bleibt.",
    "Die Lizenz erneuern, dann die Datei neu ausstellen.",
  ],
  CREDENTIAL_OFFLINE_TOO_LONG: [
    "Die Lizenzdatei ist älter, als dieses Gerät ohne Netz sein darf.",
    "Das Gerät nimmt sie nicht mehr an. Sein Lizenzplatz bleibt.",
    "Die Datei neu ausstellen; das belegt keinen Platz.",
  ],

  STICK_UNSAFE: [
    "Auf diesen Ort darf die Station nicht schreiben.",
    "Es wurde nichts darauf geschrieben und kein Lizenzplatz belegt.",
    "Einen abziehbaren Stick nehmen. Platten, von denen das System läuft, bleiben unberührt.",
  ],
  STICK_GONE: [
    "Der Stick wurde abgezogen, bevor er fertig war.",
    "Nichts ist verloren: belegte Lizenzplätze sind vermerkt, früher Abgeschlossenes ist unversehrt.",
    "Denselben Stick wieder einstecken und abschließen.",
  ],
  STICK_FULL: [
    "Auf dem Stick ist kein Platz mehr.",
    oldStateKept,
    "Unnötiges darauf löschen, dann die Charge abschließen.",
  ],
  STICK_READ_ONLY: [
    "Der Stick lässt sich nicht beschreiben.",
    oldStateKept,
    "Seinen Schreibschutz lösen oder ihn an einem anderen Rechner prüfen, dann die Charge abschließen.",
  ],
  STICK_IO: [
    "Der Stick hat beim Lesen oder Schreiben einen Fehler gemeldet.",
    oldStateKept,
    "Neu einstecken und abschließen. Kommt der Fehler wieder, die Charge aufgeben und einen anderen Stick nehmen.",
  ],
  STICK_READ_BACK: [
    "Der Stick gab andere Bytes zurück, als geschrieben wurden.",
    `${oldStateKept} Dieser Stick versagt.`,
    "Den Stick wegwerfen und einen anderen nehmen. Neu ausstellen belegt keinen Platz.",
  ],
  STICK_BUSY: [
    "Ein anderes Programm hält Dateien auf dem Stick.",
    oldStateKept,
    "Schließen, was sie offen hält, etwa ein Dateifenster oder einen Virenscanner, dann erneut versuchen.",
  ],
  STICK_OTHER: [
    "Das ist nicht der Stick, auf dem die Charge begann.",
    "Es wurde nichts darauf geschrieben. Die Charge wartet weiter auf ihren Stick.",
    "Den Stick einstecken, auf dem sie begann, oder jene Charge aufgeben.",
  ],

  LEDGER_BROKEN: [
    "Das Journal besteht die Prüfung nicht: es wurde geändert oder beschädigt.",
    "Solange wird kein Lizenzplatz belegt und kein Stick beschrieben.",
    "Den Datenordner so lassen und das Journal aus der Sicherung holen. Ein Export oder Stick zeigt, wo es abweicht.",
  ],
  LEDGER_REWOUND: [
    "Ein Stick trägt einen neueren Kopf dieses Journals, als das Journal hat.",
    "Hier liegt eine ältere Kopie des Journals. Es wird nichts angehängt und kein Platz belegt.",
    "Das neueste Journal zurücklegen. Klären, wer es ersetzt hat.",
  ],
  LEDGER_FOREIGN: [
    "Der Prüfpunkt gehört zu einer anderen Station.",
    "Er beweist hier nichts und widerlegt nichts.",
    "An der Station prüfen, die er nennt.",
  ],
  WITNESS_UNPROVED: [
    "Nichts belegt, dass dieser Prüfpunkt an den früher gesehenen anschließt.",
    "Er wurde nicht bezeugt.",
    "Bei seiner Station einen Beleg verlangen, der bei der genannten Zahl von Einträgen beginnt.",
  ],
  WITNESS_FORKED: [
    "Früher wurde ein anderes Journal derselben Länge unterschrieben.",
    "Beide Prüfpunkte sind als Beweis verwahrt; dieser wurde nicht bezeugt.",
    "Beide der Revision vorlegen.",
  ],
  LEDGER_UNWRITABLE: [
    "Das Journal ließ sich nicht schreiben.",
    "Verbraucht wird nur, was zuvor vermerkt ist; also wurde kein Platz belegt.",
    "Prüfen, ob die Platte Platz hat und arbeitet, dann die Station neu starten.",
  ],
  LEDGER_ENTRY_TOO_LARGE: [
    "Was zu vermerken wäre, ist für einen Journaleintrag zu lang.",
    "Es wurde nicht getan, weil es nicht zu vermerken war.",
    "Namen oder Arbeitsauftrag kürzen, dann erneut versuchen.",
  ],
  CLOCK_BEHIND: [
    "Die Uhr dieses Rechners geht hinter dem letzten Journaleintrag.",
    "Es wird nichts außer der Reihe vermerkt, also auch kein Platz belegt.",
    "Die Uhr stellen, dann erneut versuchen.",
  ],
  DEVICE_IN_BATCH: [
    "Eine Charge, die nicht beendet ist, hat dieses Gerät.",
    "Nichts wurde geändert.",
    "Beenden Sie diese Charge zuerst, oder geben Sie sie auf.",
  ],
  NOTHING_TO_RESUME: [
    "Diesem Stick ist nichts geschuldet.",
    "Alles auf ihm Begonnene ist abgeschlossen oder aufgegeben.",
    "Den Stick neu prüfen, falls Anfragen darauf sind.",
  ],
  LICENCE_REQUIRED: [
    "Ohne Stationslizenz geht jetzt nichts mehr.",
    "Die freien 33 Bereitstellungen in 24 Stunden sind verbraucht. Kein Platz wurde belegt.",
    "Auf der Seite Stationslizenz eine Stationslizenz eintragen oder warten, bis wieder etwas frei ist.",
  ],
  LICENCE_GRACE: [
    "Die Stationslizenz ist abgelaufen.",
    "Ihre Nachfrist läuft: Bis zu deren Ende geht noch alles.",
    "Beim Hersteller eine neue Lizenz holen und auf der Seite Stationslizenz eintragen.",
  ],
  LICENCE_RUN_OUT: [
    "Die Stationslizenz ist abgelaufen, ohne Nachfrist.",
    "Die Station arbeitet wie ohne Lizenz: 33 Bereitstellungen in 24 Stunden.",
    "Auf der Seite Stationslizenz eine neue Lizenz eintragen.",
  ],
  LICENCE_READ_ONLY: [
    "Die Stationslizenz erlaubt nur noch Lesen.",
    "Seiten, Journal, Prüfung und Export gehen; kein Platz wird belegt und nichts Neues ausgeliefert.",
    "Auf der Seite Stationslizenz eine neue Lizenz eintragen, um weiterzuarbeiten.",
  ],
  LICENCE_LOCKED: [
    "Die Stationslizenz ist endgültig abgelaufen.",
    "Kein Platz wird belegt und nichts Neues ausgeliefert; Prüfung und Export gehen.",
    "Auf der Seite Stationslizenz eine neue Lizenz eintragen, damit es weitergeht.",
  ],
  LICENCE_OFFLINE_TOO_LONG: [
    "Die Station war zu lange ohne Verbindung.",
    "Die Lizenz sagt, wie lange sie offline arbeiten darf, und diese Zeit ist um. Kein Platz wurde belegt.",
    "Station verbinden und auf der Seite Stationslizenz eine frische Lizenz abrufen oder einfügen.",
  ],
  LICENCE_OTHER_STATION: [
    "Diese Lizenz ist an eine andere Station gebunden.",
    "Sie wurde nicht übernommen; was galt, gilt weiter.",
    "Beim Hersteller eine Lizenz für den Schlüssel dieser Station holen.",
  ],
  LICENCE_KEPT: [
    "Eine Lizenz nach ihrer Nachfrist lässt sich nicht entfernen.",
    "Sie bleibt so in Kraft, wie sie ist.",
    "Stattdessen eine neue Lizenz eintragen.",
  ],
  LICENCE_FILE_UNREADABLE: [
    "Die überwachte Lizenzdatei lässt sich nicht lesen.",
    "Die letzte gültige Lizenz bleibt in Kraft.",
    "Prüfen, ob die Datei da ist, oder die Überwachung beenden.",
  ],
  LICENCE_RECOVERY_REFUSED: [
    "Dieser Wiederherstellungsschlüssel passt nicht zu dem, was hier gesehen wurde.",
    "Schreiben bleibt gesperrt.",
    "Dem Hersteller das Ereignis auf dieser Seite nennen und einen Schlüssel dafür holen.",
  ],
  STATION_TAMPERED: [
    "An dieser Station wurden Spuren von Manipulation gesehen.",
    "Bis zur Wiederherstellung wird kein Platz belegt und nichts geschrieben.",
    "Auf der Seite Stationslizenz nachsehen, Verantwortliche rufen und den Wiederherstellungsschlüssel des Herstellers einfügen.",
  ],
  STATION_QUOTA_REACHED: [
    "Das Kontingent der letzten 24 Stunden ist verbraucht.",
    "Für dieses Gerät wurde kein Platz belegt.",
    "Warten, bis wieder etwas frei ist, oder eine Lizenz mit größerem Kontingent eintragen.",
  ],
  STATION_DEVICES_REACHED: [
    "Die Geräteanzahl der Lizenz ist verbraucht.",
    "Für dieses Gerät wurde kein Platz belegt. Schon bereitgestellte Geräte lassen sich erneuern.",
    "Beim Hersteller eine Lizenz für mehr Geräte holen.",
  ],
  STATION_BURST_REACHED: [
    "In kurzer Zeit wurden zu viele Chargen begonnen.",
    "Kein Platz wurde dafür belegt.",
    "Eine Minute warten und die Charge dann neu beginnen.",
  ],

  LICENCE_TOKEN_TOO_LARGE: [
    "Für einen Lizenz-Token ist das zu groß.",
    "Es wurde nicht gelesen, nichts wurde geändert.",
    "Prüfen, ob die richtige Datei oder der richtige Text angegeben wurde.",
  ],
  LICENCE_TOKEN_FORMAT: [
    "Das ist kein Lizenz-Token, oder ein Teil fehlt.",
    "Nichts wurde geändert; eine vorhandene Lizenz gilt weiter.",
    "Den Token noch einmal vollständig und in einer Zeile kopieren, genau wie vom Hersteller erhalten.",
  ],
  LICENCE_TOKEN_ALGORITHM: [
    "Der Lizenz-Token nennt ein Verfahren, das nicht angenommen wird.",
    "Solche Token sollen täuschen. Nichts wurde geändert.",
    "Nicht verwenden. Beim Hersteller einen echten Token anfordern.",
  ],
  LICENCE_TOKEN_KEY: [
    "Der Lizenz-Token ist mit einem Schlüssel signiert, den diese Station nicht kennt.",
    "Darüber lässt sich nichts sagen; nichts wurde geändert.",
    "Prüfen, von wem der Token ist. Hat der Hersteller einen neuen Schlüssel, zuerst diesen öffentlichen Schlüssel hinzufügen.",
  ],
  LICENCE_TOKEN_SIGNATURE: [
    "Die Signatur des Lizenz-Tokens stimmt nicht.",
    "Es wurde verändert oder stammt von jemand anderem. Hier wurde nichts geändert.",
    "Nicht verwenden. Noch einmal kopieren oder beim Hersteller einen neuen anfordern.",
  ],
  LICENCE_TOKEN_CLAIMS: [
    "Der Inhalt des Lizenz-Tokens ist fehlerhaft oder widerspricht sich.",
    "Es wird nicht verwendet, nichts wurde geändert.",
    "Die Uhr dieses Rechners prüfen, dann beim Hersteller einen neuen Token anfordern.",
  ],
  LICENCE_TOKEN_PURPOSE: [
    "Dieser Token wurde für einen anderen Zweck ausgestellt.",
    "Es wird nicht verwendet, nichts wurde geändert.",
    "Prüfen, welche Datei des Herstellers angegeben wurde.",
  ],
  VENDOR_KEY_INVALID: [
    "Das ist kein öffentlicher Schlüssel eines Herstellers.",
    "Es wurde kein Schlüssel hinzugefügt.",
    "Beim Hersteller den öffentlichen Schlüssel als PEM-Datei anfordern: Ed25519, oder RSA mit mindestens 2048 Bit.",
  ],
  VENDOR_KEY_REFUSED: [
    "Herstellerschlüssel können hier nicht von Hand hinzugefügt werden.",
    "Dieses Programm kam mit den Schlüsseln seines Herstellers. Es wurde kein Schlüssel hinzugefügt.",
    "Die Aktualisierung des Herstellers installieren; sie bringt den neuen Schlüssel mit.",
  ],
  VERIFY_MISSING: [
    "Eine Datei, die die Lieferung nennt, fehlt.",
    doubtStick,
    "Den Stick neu ausstatten; das belegt keinen Platz.",
  ],
  VERIFY_UNEXPECTED: [
    "In der Lieferung liegt eine Datei, die nicht geliefert wurde.",
    doubtStick,
    "Klären, woher sie kommt, dann entfernen oder den Stick neu ausstatten.",
  ],
  VERIFY_DIGEST: [
    "Eine Datei ist nicht die signierte.",
    doubtStick,
    "Diese Datei nicht benutzen. Den Stick neu ausstatten; das belegt keinen Platz.",
  ],
  VERIFY_SIGNATURE: [
    "Eine Signatur auf dem Stick ist falsch.",
    doubtStick,
    "Prüfen, ob die richtigen öffentlichen Schlüssel benutzt werden. Wenn ja, hat jemand den Stick geändert.",
  ],
  VERIFY_ENCODING: [
    "Eine Datei auf dem Stick hat nicht ihre genaue Form.",
    doubtStick,
    "Den Stick neu ausstatten; das belegt keinen Platz.",
  ],
  VERIFY_RECEIPT: [
    "Eine Quittung des Journals beweist ihre Datei nicht.",
    doubtStick,
    "Diese Datei nicht benutzen. Den Stick mit einem Export des Journals vergleichen.",
  ],
  VERIFY_MANIFEST: [
    "Das Manifest widerspricht den Dateien auf dem Stick.",
    doubtStick,
    "Diese Dateien nicht benutzen. Den Stick neu ausstatten; das belegt keinen Platz.",
  ],
  VERIFY_INDEX: [
    "Das Verzeichnis des Sticks widerspricht seinen Chargen.",
    "Die Dateien selbst können dennoch stimmen. Lizenzplätze sind nicht berührt.",
    "Jede Charge prüfen oder den Stick neu ausstatten.",
  ],
  VERIFY_KEYS: [
    "Die vertrauten öffentlichen Schlüssel fehlen oder sind nicht lesbar.",
    "Nichts wurde beurteilt, nichts geändert.",
    "Die öffentlichen Schlüssel aus der Station exportieren und diesen Ordner wählen.",
  ],
  VERIFY_REQUEST: [
    "Eine Anfrage auf dem Stick ist nicht die beantwortete.",
    "Die gelieferte Datei gehört zur damaligen Anfrage. Lizenzplätze sind nicht berührt.",
    "Hat sich das Gerät geändert, neu ausstatten. Wenn nicht, klären, wer die Anfrage geändert hat.",
  ],
  OPERATOR_SIGN_IN_NEEDED: [
    "Niemand ist angemeldet.",
    "Nichts wurde geändert. Laufende Chargen gehen weiter.",
    "Melden Sie sich mit Ausweis und PIN an.",
  ],
  OPERATOR_NOT_ALLOWED: [
    "Ihre Rolle schließt das nicht ein.",
    "Nichts wurde geändert.",
    "Bitten Sie die Schichtleitung oder die Verwaltung.",
  ],
  OPERATOR_UNKNOWN: [
    "Ausweis und PIN gehören nicht zusammen.",
    "Niemand wurde angemeldet.",
    "Versuchen Sie es noch einmal.",
  ],
  OPERATOR_LOCKED_OUT: [
    "Zu viele falsche PINs.",
    "Dieser Ausweis wartet, nach jeder weiteren falschen PIN länger. Die Versuche stehen im Journal.",
    "Warten Sie, oder lassen Sie die Verwaltung eine neue PIN setzen.",
  ],
  OPERATOR_PIN_WEAK: [
    "Diese PIN ist zu leicht zu erraten.",
    "Nichts wurde geändert.",
    "Wählen Sie mindestens sechs Zeichen, die kein Muster sind und nicht auf dem Ausweis stehen.",
  ],
  OPERATOR_EXISTS: [
    "Ein anderes Konto hat diesen Ausweis.",
    "Nichts wurde geändert.",
    "Geben Sie jeder Person einen eigenen Ausweis.",
  ],
  OPERATOR_LAST_ADMINISTRATOR: [
    "Die Station braucht eine Verwaltung.",
    "Nichts wurde geändert.",
    "Geben Sie diese Rolle zuerst jemand anderem.",
  ],
  OPERATOR_TAMPERED: [
    "Der Schlüssel dieses Kontos wurde geändert oder fehlt.",
    "Niemand kann sich damit anmelden. Was er früher unterschrieben hat, gilt weiter.",
    "Klären Sie, wer die Dateien der Station geändert hat; dann soll die Verwaltung eine neue PIN setzen.",
  ],
  APPROVAL_NEEDED: [
    "Eine zweite Person muss das freigeben.",
    "Nichts wurde geändert.",
    "Bitten Sie um Freigabe; die Schichtleitung zeigt Ausweis und PIN.",
  ],
  APPROVAL_CLOSED: [
    "Diese Bitte um Freigabe ist abgeschlossen.",
    "Nichts wurde geändert.",
    "Bitten Sie um eine neue Freigabe.",
  ],
  APPROVAL_SAME_PERSON: [
    "Wer bittet, kann nicht selbst freigeben.",
    "Nichts wurde geändert.",
    "Jemand anderes von der Schichtleitung soll Ausweis und PIN zeigen.",
  ],
  ALLOTMENT_MISSING: [
    "Die Schichtleitung hat diesen Auftrag nicht signiert.",
    nothingSpent,
    "Lassen Sie ihn für dieses Produkt unterschreiben, oder wählen Sie einen anderen.",
  ],
  ALLOTMENT_EXHAUSTED: [
    "Der Auftrag erlaubt nicht so viele Geräte.",
    nothingSpent,
    "Bringen Sie weniger Geräte, oder lassen Sie ihn neu unterschreiben.",
  ],
  ALLOTMENT_TTL: [
    "Die Dateien würden länger gelten, als der Auftrag erlaubt.",
    nothingSpent,
    "Wählen Sie eine kürzere Richtlinie, oder lassen Sie ihn neu unterschreiben.",
  ],
  ALLOTMENT_TIME: [
    "Der Auftrag gilt jetzt nicht.",
    nothingSpent,
    "Prüfen Sie die Uhr, oder lassen Sie ihn neu unterschreiben.",
  ],
};
