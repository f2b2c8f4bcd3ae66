import { useCallback, useEffect, useRef, useState } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { useStation } from "../../client/hooks.ts";

export type LedgerRow = CallOutput<"ledger.page">["rows"][number];

const pageSize = 200;

interface Pages {
  readonly rows: readonly LedgerRow[];
  readonly isEnd: boolean;
  readonly loaded: boolean;
}

/**
 * Entries newest first, page by page as somebody scrolls down. When the ledger grows the first page is fetched anew and
 * put before what is known; entries are never changed, so nothing else can be out of date.
 */
export function useLedgerRows(
  type: string | null,
  query: string,
  ledgerSize: number,
): Pages & { readonly more: () => void } {
  const { client } = useStation();
  const [pages, setPages] = useState<Pages>({ rows: [], isEnd: false, loaded: false });
  const busy = useRef(false);
  const current = useRef(pages);
  current.current = pages;
  const filter = `${type ?? ""} ${query}`;
  const shownFilter = useRef(filter);

  const fetchPage = useCallback(
    async (before: number | null) => {
      const reply = await client.call("ledger.page", { before, limit: pageSize, type, query });
      return reply.ok ? reply.value : null;
    },
    [client, type, query],
  );

  useEffect(() => {
    let isCurrent = true;
    void fetchPage(null).then((page) => {
      if (!isCurrent || page === null) return;
      const oldest = page.rows[page.rows.length - 1]?.index ?? 0;
      const known = shownFilter.current === filter ? current.current.rows : [];
      const older = known.filter((row) => row.index < oldest);
      const touches = older.length > 0;
      shownFilter.current = filter;
      setPages({
        rows: touches ? [...page.rows, ...older] : page.rows,
        isEnd: page.rows.length < pageSize && !touches ? true : touches && current.current.isEnd,
        loaded: true,
      });
    });
    return () => {
      isCurrent = false;
    };
  }, [fetchPage, filter, ledgerSize]);

  const more = useCallback(() => {
    const { rows, isEnd, loaded } = current.current;
    const last = rows[rows.length - 1];
    if (busy.current || isEnd || !loaded || last === undefined) return;
    busy.current = true;
    void fetchPage(last.index).then((page) => {
      busy.current = false;
      if (page === null || shownFilter.current !== filter) return;
      setPages((now) => ({
        rows: [...now.rows, ...page.rows.filter((row) => row.index < last.index)],
        isEnd: page.rows.length < pageSize,
        loaded: true,
      }));
    });
  }, [fetchPage, filter]);
  return { ...pages, more };
}
