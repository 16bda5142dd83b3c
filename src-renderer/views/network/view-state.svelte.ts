/** How the network view shows the network; kept while other views are open. */
export type NetworkShape = 'graph' | 'list';

export class NetworkViewState {
  shape = $state<NetworkShape>('graph');
}

export const networkView = new NetworkViewState();
