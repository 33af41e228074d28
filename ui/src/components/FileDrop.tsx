import { Button, FileButton } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";

/** A file's content as base64. */
export async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  // In pieces: an argument list has a limit.
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** Gives the user a file: saved where the browser or window saves downloads. */
export function saveFile(name: string, content: string): void {
  const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes]));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** A place to drop a file, which is also a button to choose one. */
export function FileDrop(props: {
  id: string;
  title: string;
  button: string;
  accept?: string;
  onFile(file: File): void;
  children?: ReactNode;
}) {
  const [over, setOver] = useState(false);
  return (
    <fieldset
      className={over ? "sr-drop sr-drop-over" : "sr-drop"}
      data-testid={props.id}
      aria-label={props.title}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer.files[0];
        if (file) props.onFile(file);
      }}
    >
      <IconFileImport size={32} stroke={1.4} aria-hidden="true" />
      <p>{props.title}</p>
      <FileButton
        onChange={(file) => file && props.onFile(file)}
        accept={props.accept}
        inputProps={{ "aria-label": props.button, "data-testid": `${props.id}-file` } as object}
      >
        {(button) => (
          <Button variant="default" size="sm" {...button}>
            {props.button}
          </Button>
        )}
      </FileButton>
      {props.children}
    </fieldset>
  );
}
