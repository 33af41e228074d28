import { Button } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import { to } from "./route";

/** Leads to the import of a file; what it holds is recognised there. */
export function ImportButton(props: { words: string }) {
  return (
    <Button
      component="a"
      href={to(["import"])}
      size="sm"
      variant="default"
      leftSection={<IconFileImport size={16} />}
      data-testid="import"
    >
      {props.words}
    </Button>
  );
}
