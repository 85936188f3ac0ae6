/**
 * Codes that have a name of their own: services and lists of all media, identification, and what makers added.
 *
 * A pattern is a code in which `x` stands for any number; the first that fits names it.
 * Source: IEC 62056-6-1, abstract objects and general service entries; FNN "Lastenheft Basiszähler" and EDL for German
 * electricity meters; DSMR P1; maker codes as observed in telegrams.
 */

import { type Words, words } from "./words.ts";

export const particular: readonly (readonly [pattern: string, name: Words])[] = [
  // German household meters
  ["x-x:96.50.1*1", words("Manufacturer", "Hersteller")],
  ["129-129:199.130.3*255", words("Manufacturer (older code)", "Hersteller (alte Kennzahl)")],
  ["129-129:199.130.5*255", words("Public key of the meter", "Öffentlicher Schlüssel des Zählers")],
  ["1-0:0.0.9*255", words("Server id of the meter", "Server-ID des Zählers")],
  ["1-0:96.90.2*1", words("Checksum of the firmware", "Prüfsumme der Firmware")],
  ["1-0:98.10.255*255", words("List of current values", "Liste der aktuellen Werte")],

  // Signed lists of charging and EDL40 meters
  [
    "1-0:1.8.0*128",
    words("Active energy import at the start of the session", "Wirkenergie Bezug zu Beginn des Vorgangs"),
  ],
  ["129-0:96.8.0*1", words("Seconds index", "Sekundenindex")],
  ["129-128:129.113.1*255", words("Pagination of the signed value", "Paginierung des signierten Werts")],
  ["129-128:199.240.64*255", words("Pagination of the signed value", "Paginierung des signierten Werts")],
  ["129-130:129.84.1*255", words("Contract id", "Vertrags-ID")],
  ["129-128:129.97.1*255", words("ESTH field of the signed value", "ESTH-Feld des signierten Werts")],
  ["129-128:129.98.x*255", words("List of signed values", "Liste signierter Werte")],
  ["129-128:129.115.x*255", words("List of signed values", "Liste signierter Werte")],
  ["0-175:108.108.114*255", words("Line resistance", "Leitungswiderstand")],
  ["0-175:100.117.114*255", words("Duration (stopwatch)", "Dauer (Stoppuhr)")],
  ["0-175:112.114.99*255", words("Price", "Preis")],

  // Identification, configuration and time of any medium
  ["x-x:0.0.x*255", words("Identification {E+1}", "Identifikation {E+1}")],
  ["x-x:0.1.0*x", words("Number of resets", "Anzahl Rückstellungen")],
  ["x-x:0.1.1*x", words("Number of stored billing periods", "Anzahl gespeicherter Abrechnungsperioden")],
  ["x-x:0.1.2*x", words("Time of the last reset", "Zeitpunkt der letzten Rückstellung")],
  ["1-3:0.2.8*255", words("Version of the P1 port", "Version der P1-Schnittstelle")],
  ["x-x:0.2.0*x", words("Version of the firmware", "Version der Firmware")],
  ["x-x:0.2.1*x", words("Version of the parameters", "Version der Parameter")],
  ["x-x:0.2.2*x", words("Number of the tariff programme", "Nummer des Tarifprogramms")],
  ["x-x:0.2.8*x", words("Signature of the firmware", "Signatur der Firmware")],
  ["1-x:0.3.x*255", words("Meter constant", "Zählerkonstante")],
  ["1-x:0.4.2*255", words("Ratio of the current transformer", "Stromwandlerfaktor")],
  ["1-x:0.4.3*255", words("Ratio of the voltage transformer", "Spannungswandlerfaktor")],
  ["1-x:0.8.4*255", words("Recording interval", "Registrierperiode")],
  ["1-x:0.8.x*255", words("Measurement period", "Messperiode")],
  ["1-x:0.9.1*255", words("Time of day", "Uhrzeit")],
  ["1-x:0.9.2*255", words("Date", "Datum")],
  ["1-x:0.9.4*255", words("Date and time", "Datum und Uhrzeit")],
  ["0-x:1.0.x*255", words("Clock", "Uhr")],
  ["0-x:2.0.x*255", words("Modem", "Modem")],
  ["0-x:17.0.x*255", words("Limit of power", "Leistungsgrenze")],
  ["0-x:24.1.x*255", words("Type of the M-Bus device", "Art des M-Bus-Geräts")],
  ["0-x:24.2.x*255", words("Reading of the M-Bus device", "Stand des M-Bus-Geräts")],
  ["0-x:24.3.x*255", words("Load profile of the M-Bus device", "Lastgang des M-Bus-Geräts")],
  ["0-x:24.4.x*255", words("Valve or switch of the M-Bus device", "Ventil oder Schalter des M-Bus-Geräts")],
  ["0-x:25.9.x*255", words("Push setup", "Einstellung des Versands")],
  ["0-x:40.0.x*255", words("Association", "Anwendungsverbindung")],
  ["0-x:41.0.0*255", words("Access point assignment", "Zuordnung der Zugangspunkte")],
  ["0-x:42.0.0*255", words("Logical device name", "Name des logischen Geräts")],
  ["0-x:43.0.x*255", words("Security setup", "Sicherheitseinstellung")],
  ["0-x:43.1.x*255", words("Invocation counter", "Aufrufzähler")],

  // General service entries
  ["x-x:96.1.255*255", words("Device id", "Gerätekennung")],
  ["x-x:96.1.x*255", words("Device id {E+1}", "Gerätekennung {E+1}")],
  ["x-x:96.2.0*255", words("Number of configurations", "Anzahl Parametrierungen")],
  ["x-x:96.2.1*255", words("Time of the last configuration", "Zeitpunkt der letzten Parametrierung")],
  ["x-x:96.3.10*255", words("Disconnector", "Trennschalter")],
  ["x-x:96.3.x*255", words("Inputs and outputs", "Ein- und Ausgänge")],
  ["x-x:96.4.x*255", words("Internal control signals", "Interne Steuersignale")],
  ["x-x:96.5.x*255", words("Status word", "Statuswort")],
  ["x-x:96.6.3*255", words("Battery voltage", "Batteriespannung")],
  ["x-x:96.6.x*255", words("Battery", "Batterie")],
  ["x-x:96.7.9*255", words("Number of long power failures", "Anzahl langer Stromausfälle")],
  ["x-x:96.7.19*255", words("Duration of the last long power failure", "Dauer des letzten langen Stromausfalls")],
  ["x-x:96.7.21*255", words("Number of power failures", "Anzahl Stromausfälle")],
  ["x-x:96.7.x*255", words("Power failures", "Stromausfälle")],
  ["x-x:96.8.0*255", words("Time in operation", "Betriebszeit")],
  ["x-x:96.8.x*255", words("Time in operation, tariff {E}", "Betriebszeit, Tarif {E}")],
  ["x-x:96.9.x*255", words("Ambient temperature", "Umgebungstemperatur")],
  ["x-x:96.10.x*255", words("Status register", "Statusregister")],
  ["x-x:96.11.x*255", words("Event code", "Ereigniscode")],
  ["x-x:96.12.5*255", words("Signal strength", "Signalstärke")],
  ["x-x:96.12.x*255", words("Communication port", "Kommunikationsschnittstelle")],
  ["x-x:96.13.1*255", words("Message code for the consumer", "Nachrichtencode an den Verbraucher")],
  ["x-x:96.13.x*255", words("Message for the consumer", "Nachricht an den Verbraucher")],
  ["x-x:96.14.x*255", words("Active tariff", "Aktiver Tarif")],
  ["x-x:96.15.x*255", words("Event counter", "Ereigniszähler")],
  ["x-x:96.20.x*255", words("Tampering", "Manipulation")],
  ["x-x:97.97.x*x", words("Error register", "Fehlerregister")],
  ["x-x:97.98.x*255", words("Alarm register", "Alarmregister")],
  ["x-x:98.1.x*x", words("Values of the billing period", "Werte der Abrechnungsperiode")],
  ["x-x:99.1.x*x", words("Load profile", "Lastgang")],
  ["x-x:99.2.x*x", words("Load profile 2", "Lastgang 2")],
  ["x-x:99.97.x*x", words("Log of power failures", "Protokoll der Stromausfälle")],
  ["x-x:99.98.x*x", words("Event log", "Ereignisprotokoll")],
];
