import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import { startLanguage } from '$lib/i18n/index.svelte.ts';

/** The list of flows and a flow: what they say is loaded first. */
const FIRST = /^\/(flows\/[^/]*)?$/;

await startLanguage(FIRST.test(location.pathname) ? ['first'] : ['first', 'rest']);
mount(App, { target: document.getElementById('app')! });
