import type { CallOutput } from "#shared/ipc/contract.ts";
import { formatNumber, isoDay } from "../../model/format.ts";
import { useText } from "../../text/use-text.ts";
import { Note } from "../../ui/note.tsx";
import { FailureNote } from "../../shell/failure-note.tsx";

/** Seats taken, needed and left in one bar, and the licences they come from. */
export function SeatsCard(props: { readonly preflight: CallOutput<"batch.preflight"> }) {
  const { seatsNeeded, seatsLeft, licenses } = props.preflight;
  const { text, language } = useText();
  const words = text.check.seats;
  const unlimited = licenses.some((license) => license.seatLimit === null && license.problem === null);
  const limit = licenses.reduce((sum, license) => sum + (license.seatLimit ?? 0), 0);
  const short = seatsLeft === null ? 0 : Math.max(0, seatsNeeded - seatsLeft);
  const share = (count: number) => `${limit === 0 ? 0 : Math.min(100, (count / limit) * 100)}%`;
  return (
    <section className="card">
      <div>
        <h2>{words.title}</h2>
        <p className="seat-row">
          <span>
            <span className="figure">{formatNumber(seatsNeeded, language)}</span> {words.needed}
          </span>
          {seatsLeft === null ? null : (
            <span>
              <span className="figure">{formatNumber(seatsLeft, language)}</span> {words.left}
            </span>
          )}
        </p>
      </div>
      {seatsLeft === null || limit === 0 ? null : (
        <div className="seat-track" aria-hidden>
          <span className="seat-taken" style={{ width: share(limit - seatsLeft) }} />
          <span
            className={short > 0 ? "seat-short" : "seat-needed"}
            style={{ width: share(Math.min(seatsNeeded, seatsLeft)) }}
          />
        </div>
      )}
      {short > 0 ? (
        <Note tone="action">
          <p className="strong">{words.short(short)}</p>
        </Note>
      ) : (
        <p className="weak">
          {seatsLeft !== null ? words.after(seatsLeft - seatsNeeded) : unlimited ? words.unlimited : words.unknown}
        </p>
      )}
      <ul className="stack-tight">
        {licenses.map((license) => (
          <li key={license.last4} className="stack-tight">
            <p className="seat-row">
              <span className="strong">{words.license(license.last4)}</span>
              <span>
                {license.activeSeats === null
                  ? ""
                  : words.used(
                      license.activeSeats,
                      license.seatLimit === null
                        ? text.shell.common.unlimited
                        : formatNumber(license.seatLimit, language),
                    )}
                {license.expiresAt === null ? "" : `, ${words.until(isoDay(license.expiresAt))}`}
              </span>
            </p>
            {license.problem === null ? null : <FailureNote failure={license.problem} />}
          </li>
        ))}
      </ul>
    </section>
  );
}
