// `npm run build`: the same as what `npm start` does first.
import './setup.mjs';
