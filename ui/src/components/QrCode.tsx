// A QR code (ISO/IEC 18004:2024) as one path, so that it is sharp at any size.

import { useMemo } from "react";
import { encode } from "uqr";

/** Light modules around it, as the standard asks. */
const BORDER = 4;

/** The dark modules as runs of each row, and how many modules wide it is; null when the text is too long for a QR code. */
export function qrPath(text: string): { path: string; size: number } | null {
  try {
    const { data, size } = encode(text, { ecc: "L", border: BORDER });
    const runs = data.flatMap((row, y) => {
      const found: string[] = [];
      for (let x = 0; x < size; x += 1) {
        const from = x;
        while (x < size && row[x]) x += 1;
        if (x > from) found.push(`M${from} ${y}h${x - from}v1h-${x - from}z`);
      }
      return found;
    });
    return { path: runs.join(""), size };
  } catch {
    return null;
  }
}

/** Always dark on light: some readers know no other. */
export function QrCode(props: { text: string; label: string; otherwise: string }) {
  const drawn = useMemo(() => qrPath(props.text), [props.text]);
  if (!drawn) return <p className="sr-soft">{props.otherwise}</p>;
  return (
    <svg
      viewBox={`0 0 ${drawn.size} ${drawn.size}`}
      className="sr-qr"
      role="img"
      aria-label={props.label}
      shapeRendering="crispEdges"
      data-testid="qr"
    >
      <rect width={drawn.size} height={drawn.size} fill="#fff" />
      <path d={drawn.path} fill="#000" />
    </svg>
  );
}
