import { niceCeiling } from "../model/plot-scale.ts";

export interface ColumnPoint {
  readonly label: string;
  readonly value: number;
  /** Drawn on top, in the alarm's ink. */
  readonly alarm?: number;
}

/** Of the plots' 12 px text, in pixels. */
const characterWidth = 7;
const labelGap = 12;

/** Columns over a base line; values stand on the columns where they fit, else the axis tells them. */
export function ColumnPlot(props: {
  readonly width: number;
  readonly height: number;
  readonly points: readonly ColumnPoint[];
  readonly format: (value: number) => string;
  readonly describe: string;
}) {
  const { width, height, points, format, describe } = props;
  const room = { top: 20, bottom: 24, left: 0, right: 0 };
  const inner = height - room.top - room.bottom;
  const largest = niceCeiling(Math.max(0, ...points.map((point) => point.value + (point.alarm ?? 0))));
  const step = points.length === 0 ? width : width / points.length;
  const bar = Math.max(1, Math.min(56, step * 0.72));
  const longestLabel = Math.max(0, ...points.map((point) => point.label.length));
  const labelEvery = Math.max(1, Math.ceil((longestLabel * characterWidth + labelGap) / step));
  const isRoomy = step >= 30;
  const scale = (value: number) => (value / largest) * inner;
  const base = room.top + inner;
  return (
    <svg height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={describe}>
      {isRoomy ? null : (
        <g>
          <line className="plot-grid" x1={0} x2={width} y1={room.top} y2={room.top} />
          <text className="plot-weak" x={0} y={room.top - 5}>
            {format(largest)}
          </text>
        </g>
      )}
      {points.map((point, index) => {
        const x = index * step + (step - bar) / 2;
        const plain = scale(point.value);
        const alarm = scale(point.alarm ?? 0);
        const total = point.value + (point.alarm ?? 0);
        return (
          <g key={point.label}>
            <rect className="plot-ink" x={x} width={bar} y={base - plain} height={plain} />
            <rect className="plot-alarm" x={x} width={bar} y={base - plain - alarm} height={alarm} />
            {isRoomy && total > 0 ? (
              <text className="plot-strong" x={x + bar / 2} y={base - plain - alarm - 6} textAnchor="middle">
                {format(total)}
              </text>
            ) : null}
            {index % labelEvery === 0 ? (
              <text
                className="plot-weak"
                x={isRoomy ? x + bar / 2 : x}
                y={height - 6}
                textAnchor={isRoomy ? "middle" : "start"}
              >
                {point.label}
              </text>
            ) : null}
          </g>
        );
      })}
      <line className="plot-axis" x1={0} x2={width} y1={base + 0.5} y2={base + 0.5} />
    </svg>
  );
}
