// What every page needs: the style sheet comes along as pages.css.
import './site.css';
