import { Component, type ReactNode } from "react";

import { Failed } from "./States";

/** Shows what broke a page in its place; the rest of the page goes on. A new address is a new try. */
export class Boundary extends Component<{ children: ReactNode }, { error: Error | null; at: string }> {
  override state = { error: null as Error | null, at: location.href };

  static getDerivedStateFromError(error: Error) {
    return { error, at: location.href };
  }

  override render() {
    if (this.state.error && this.state.at === location.href) return <Failed error={this.state.error} />;
    return this.props.children;
  }
}
