export interface BarPoint {
  readonly label: string;
  /** What the bar's end says, in words. */
  readonly text: string;
  /** Filled share, 0 to 1; null where there is no whole to be a share of. */
  readonly share: number | null;
  readonly isAlarm: boolean;
}

/** One bar a line: name and number above it, the share filled below. */
export function BarPlot(props: {
  readonly width: number;
  readonly points: readonly BarPoint[];
  readonly describe: string;
}) {
  const { width, points, describe } = props;
  const line = 46;
  return (
    <svg
      height={points.length * line}
      viewBox={`0 0 ${width} ${points.length * line}`}
      role="img"
      aria-label={describe}
    >
      {points.map((point, index) => {
        const y = index * line;
        return (
          <g key={point.label}>
            <text className="plot-strong" x={0} y={y + 14}>
              {point.label}
            </text>
            <text x={width} y={y + 14} textAnchor="end">
              {point.text}
            </text>
            <rect className="plot-ground" x={0} y={y + 21} width={width} height={12} rx={3} />
            {point.share === null ? null : (
              <rect
                className={point.isAlarm ? "plot-alarm" : "plot-ink"}
                x={0}
                y={y + 21}
                width={Math.max(point.share > 0 ? 3 : 0, width * Math.min(1, point.share))}
                height={12}
                rx={3}
              />
            )}
          </g>
        );
      })}
    </svg>
  );
}
